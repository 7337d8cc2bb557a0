import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { localStates, terraformStates, type StateReading } from "../../../cli/review/read-state";
import { TerraformError } from "../../../cli/terraform/fault";

const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "a", resources: [] });
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
  ["a state of another version", STATE.replace("4", "3"), expect.stringMatching(UNREADABLE)],
];

describe("of the local backend", () => {
  const file = () => path.join(folder, "444455556666.tfstate");

  test.each(CASES)("%s", async (_name, text, expected) => {
    writeFileSync(file(), text);

    expect(described(await localStates(folder)(target))).toEqual(expected);
  });

  test("the time of the file is when it was applied", async () => {
    writeFileSync(file(), STATE);
    utimesSync(file(), 1_700_000_000, 1_700_000_000);

    expect(await localStates(folder)(target)).toMatchObject({
      kind: "read",
      state: { serial: 3 },
      appliedAt: "2023-11-14T22:13:20.000Z",
    });
  });

  test("an account, or a folder, that is not there has no state", async () => {
    expect(await localStates(folder)(target)).toEqual({ kind: "none" });
    expect(await localStates(path.join(folder, "none"))(target)).toEqual({ kind: "none" });
  });

  test("what is no file cannot be read", async () => {
    mkdirSync(file());

    expect(described(await localStates(folder)(target))).toMatch("EISDIR");
  });
});

describe("of a remote backend", () => {
  const { signal } = new AbortController();
  const pulling = (pullState: () => Promise<string>) => terraformStates({ pullState }, signal)(target);

  test.each(CASES)("%s", async (_name, text, expected) => {
    expect(described(await pulling(() => Promise.resolve(text)))).toEqual(expected);
  });

  test("when it was applied is not known", async () => {
    expect(await pulling(() => Promise.resolve(STATE))).toMatchObject({ appliedAt: null });
  });

  test("an account that Terraform cannot reach says why", async () => {
    const refused = new TerraformError({ kind: "other", cause: "AccessDenied" });

    expect(await pulling(() => Promise.reject(refused))).toEqual({
      kind: "unreadable",
      error: "AccessDenied",
    });
  });

  test("after Ctrl-C, no further account is read", async () => {
    const stopped = AbortSignal.abort(new Error("stopped by SIGINT"));
    const pullState = jest.fn(() => Promise.resolve(STATE));

    await expect(terraformStates({ pullState }, stopped)(target)).rejects.toThrow("stopped by SIGINT");
    expect(pullState).not.toHaveBeenCalled();
  });
});
