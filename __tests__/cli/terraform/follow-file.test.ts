import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { followFile } from "../../../cli/terraform/follow-file";
import { eventually } from "../../support/eventually";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "follow-"));
  file = path.join(folder, "apply.log");
  writeFileSync(file, "");
});
afterEach(() => rmSync(folder, { recursive: true }));

function follow() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const lines: string[] = [];
  const done = followFile(file, ended, (line) => lines.push(line));
  return { lines, done, end };
}

const saw = (lines: string[], last: string) =>
  eventually(last, () => (lines.at(-1) === last ? true : undefined));

test("lines come while they are written, and only when they are whole", async () => {
  const { lines, done, end } = follow();

  appendFileSync(file, "first\nsec");
  await saw(lines, "first");
  appendFileSync(file, "ond\n");
  await saw(lines, "second");
  end();
  await done;

  expect(lines).toEqual(["first", "second"]);
});

test("what was written last is not lost, line break or not", async () => {
  const { lines, done, end } = follow();

  appendFileSync(file, "one\ntwo\nError: cut o");
  end();
  await done;

  expect(lines).toEqual(["one", "two", "Error: cut o"]);
});

test("a letter of several bytes may be written in parts", async () => {
  const { lines, done, end } = follow();
  const [first, second] = [Buffer.from("é\n").subarray(0, 1), Buffer.from("é\n").subarray(1)];

  appendFileSync(file, Buffer.concat([Buffer.from("a\n"), first]));
  await saw(lines, "a");
  appendFileSync(file, second);
  end();
  await done;

  expect(lines).toEqual(["a", "é"]);
});

test("a line may be longer than what is read at once", async () => {
  const { lines, done, end } = follow();
  const long = "x".repeat(200_000);

  appendFileSync(file, `${long}\nlast\n`);
  end();
  await done;

  expect(lines).toEqual([long, "last"]);
});

test("nothing written is nothing read", async () => {
  const { lines, done, end } = follow();

  end();
  await done;

  expect(lines).toEqual([]);
});
