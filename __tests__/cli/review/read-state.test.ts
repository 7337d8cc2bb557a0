import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { localStates, type StateReading } from "../../../cli/review/read-state";

const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "a", resources: [] });
const states = (directory: string) => localStates({ type: "local", directory });
const target = { name: "payments", accountId: "444455556666", wave: "canary" };
const UNREADABLE = /expected a Terraform state of version 4/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "states-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The error, where it is one. */
function described(reading: StateReading) {
  return reading.kind === "unreadable" ? reading.error : reading.kind;
}

const CASES: [string, string, unknown][] = [
  ["a state", STATE, "read"],
  ["an empty file, as Terraform leaves it before it writes", "\n", "none"],
  ["a state that was cut off", STATE.slice(0, 30), expect.stringMatching(UNREADABLE)],
  [
    "a state that OpenTofu has encrypted",
    JSON.stringify({ serial: 3, lineage: "a", encrypted_data: "x", encryption_version: "v0" }),
    expect.stringMatching(/found one that OpenTofu has encrypted/),
  ],
  ["a state of another version", STATE.replace("4", "3"), expect.stringMatching(/found version 3$/)],
  ["what is no JSON", "\u0000\u0001", expect.stringMatching(/found no JSON object$/)],
  ["JSON of something else", '{"version":4}', expect.stringMatching(/found JSON without its/)],
];

describe("of the local backend", () => {
  const file = () => path.join(folder, "444455556666.tfstate");

  test.each(CASES)("%s", async (_name, text, expected) => {
    writeFileSync(file(), text);

    expect(described(await states(folder)(target))).toEqual(expected);
  });

  test("the time of the file is when it was applied", async () => {
    writeFileSync(file(), STATE);
    utimesSync(file(), 1_700_000_000, 1_700_000_000);

    expect(await states(folder)(target)).toMatchObject({
      kind: "read",
      state: { serial: 3 },
      appliedAt: "2023-11-14T22:13:20.000Z",
    });
  });

  test("an account, or a folder, that is not there has no state", async () => {
    expect(await states(folder)(target)).toEqual({ kind: "none" });
    expect(await states(path.join(folder, "none"))(target)).toEqual({ kind: "none" });
  });

  test("what is no file cannot be read, and is named", async () => {
    mkdirSync(file());

    expect(described(await states(folder)(target))).toMatch(/EISDIR.*444455556666\.tfstate/);
  });
});
