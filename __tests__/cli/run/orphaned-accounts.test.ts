import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { orphanedAccounts, unsavedElsewhere } from "../../../cli/run/orphaned-accounts";
import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const DEPLOYED = '{ "resources": [{ "type": "aws_sns_topic" }] }';
let folder: string;

beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "left-behind-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function orphaned(states: Record<string, string>, yaml = SAMPLE_YAML): string[] {
  mkdirSync(path.join(folder, "state"), { recursive: true });
  for (const [name, text] of Object.entries(states)) {
    writeFileSync(path.join(folder, "state", name), text);
  }
  return orphanedAccounts(parseRollout("rollout.yaml", yaml, folder));
}

test("an account that has resources and is no longer in the configuration is listed", () => {
  expect(
    orphaned({
      "111122223333.tfstate": DEPLOYED,
      "444455556666.tfstate": DEPLOYED,
      "123456789012.tfstate": DEPLOYED,
    }),
  ).toEqual(["123456789012"]);
});

test("a retired account is not: its state is empty", () => {
  expect(orphaned({ "123456789012.tfstate": '{ "resources": [] }' })).toEqual([]);
  expect(orphaned({ "123456789012.tfstate": "{}" })).toEqual([]);
});

test("a retired account whose logs and dead letters were kept is not", () => {
  const kept = '{ "resources": [{ "type": "aws_cloudwatch_log_group" }, { "type": "aws_sqs_queue" }] }';

  expect(orphaned({ "123456789012.tfstate": kept })).toEqual([]);
});

test("what cannot be read may hold resources", () => {
  expect(orphaned({ "123456789012.tfstate": "{ cut off" })).toEqual(["123456789012"]);
});

test("an unsaved state is listed only for an account that is no longer in the configuration", () => {
  const errored = path.join(folder, ".rollout", "errored");
  mkdirSync(errored, { recursive: true });
  ["123456789012.tfstate", "444455556666.tfstate", "123456789012.tfstate.bak"].forEach((name) =>
    writeFileSync(path.join(errored, name), "{}"),
  );

  expect(unsavedElsewhere({ cwd: folder }, parseRollout("rollout.yaml", SAMPLE_YAML, folder))).toEqual([
    path.join(errored, "123456789012.tfstate"),
  ]);
});

test("other files are ignored", () => {
  expect(orphaned({ "123456789012.tfstate.backup": DEPLOYED, "notes.tfstate": DEPLOYED })).toEqual([]);
});

test("there may be no state yet", () => {
  expect(orphanedAccounts(parseRollout("rollout.yaml", SAMPLE_YAML, folder))).toEqual([]);
});

test("a remote state is not read", () => {
  const s3 = `${SAMPLE_YAML}backend: { type: s3, bucket: example-state, region: eu-central-1 }\n`;

  expect(orphaned({ "123456789012.tfstate": DEPLOYED }, s3)).toEqual([]);
});
