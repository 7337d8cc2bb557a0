import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { keepStatesPrivate } from "../../../stacks/state/private-states";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "private-states-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (directory: string) => statSync(directory).mode & 0o777;

test("the folder of local states is made for its owner alone", () => {
  const directory = path.join(folder, "below", "state");

  expect(keepStatesPrivate(directory)).toEqual([]);
  expect(modeOf(directory)).toBe(0o700);
});

test.each([0o755, 0o750, 0o701])("one of mode %o is closed, and the operator is told", (mode) => {
  chmodSync(folder, mode);

  expect(keepStatesPrivate(folder)).toEqual([expect.stringContaining("was open to other users")]);
  expect(modeOf(folder)).toBe(0o700);
  expect(keepStatesPrivate(folder)).toEqual([]);
});

test("one that is closed further stays as it is", () => {
  chmodSync(folder, 0o500);

  expect(keepStatesPrivate(folder)).toEqual([]);
  expect(modeOf(folder)).toBe(0o500);
});

test("what cannot be made or closed is no failure, and the operator is told", () => {
  const file = path.join(folder, "file");
  writeFileSync(file, "");

  expect(keepStatesPrivate(path.join(file, "state"))).toEqual([
    expect.stringMatching(/could not be kept from other users: .*ENOTDIR/),
  ]);
});
