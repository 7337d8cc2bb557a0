import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { addStacks } from "../../../stacks/app";
import { parseRollout } from "../../../stacks/config/load";
import { stackMaker, synthesize } from "../../../stacks/synthesis/synthesize";
import { EVERY_FEATURE } from "../../support/stacks/every-feature";
import { SAMPLE_YAML } from "../../support/stacks/sample";
import { FIXTURE_PACKAGES } from "../../support/stacks/synthesize";

const PROJECT_SAMPLE = readFileSync(path.join(__dirname, "../../../rollout.yaml"), "utf8");

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "synthesize-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Every file of a folder, by its path in it. As text, a character a byte: Jest compares buffers slowly. */
function filesOf(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name, file: path.join(directory, name) }))
    .filter(({ file }) => statSync(file).isFile());
  return Object.fromEntries(files.map(({ name, file }) => [name, readFileSync(file, "latin1")]));
}

/** Jest looks every stack trace up in source maps, and plain CDKTF takes tens of thousands. */
const traces: { prepareStackTrace?: unknown } = Error;

function withNativeTraces(synth: () => void): void {
  const original = traces.prepareStackTrace;
  traces.prepareStackTrace = undefined;
  try {
    synth();
  } finally {
    traces.prepareStackTrace = original;
  }
}

test.each([
  ["the project's sample", PROJECT_SAMPLE],
  ["the tests' sample", SAMPLE_YAML],
  ["every feature with local state", EVERY_FEATURE.local],
  ["every feature with state in S3", EVERY_FEATURE.s3],
  ["every feature with state in HCP Terraform", EVERY_FEATURE.cloud],
])("%s synthesizes to the files that plain CDKTF writes", (name, yaml) => {
  const rollout = parseRollout("rollout.yaml", yaml, folder);
  const [faster, plain] = [path.join(folder, `faster ${name}`), path.join(folder, `plain ${name}`)];

  synthesize(rollout, FIXTURE_PACKAGES, { outdir: faster, workFolder: path.join(folder, ".rollout") });
  withNativeTraces(() => addStacks(new App({ outdir: plain }), rollout, FIXTURE_PACKAGES).synth());

  const files = filesOf(faster);
  expect(Object.keys(files)).toContain("manifest.json");
  expect(Object.keys(files).filter((file) => file.endsWith("cdk.tf.json"))).toHaveLength(
    1 + rollout.accounts.length + (rollout.guard.enabled ? 1 : 0),
  );
  expect(files).toEqual(filesOf(plain));
});

test("a stack that is made without a file is the one of the file, but for the path of a local state", () => {
  const rollout = parseRollout("rollout.yaml", EVERY_FEATURE.local, folder);
  const outdir = path.join(folder, "written");

  synthesize(rollout, FIXTURE_PACKAGES, { outdir, workFolder: path.join(folder, ".rollout") });
  const make = stackMaker(rollout, FIXTURE_PACKAGES);

  const { securityAccount, accounts, managementAccount } = rollout;
  for (const { id, name } of [
    securityAccount,
    ...accounts,
    ...(managementAccount ? [managementAccount] : []),
  ]) {
    const written = readFileSync(path.join(outdir, "stacks", name, "cdk.tf.json"), "utf8");
    expect(withoutStatePath(JSON.stringify(make(id)))).toEqual(withoutStatePath(written));
  }
  expect(() => make("000000000000")).toThrow("expected the id of a configured account, found 000000000000");
});

function withoutStatePath(text: string): unknown {
  return JSON.parse(text.replace(/"path":\s*"[^"]*\.tfstate"/, '"path": ""'));
}
