import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App, Testing } from "cdktf";
import { addStacks } from "../../../stacks/app";
import type { Backend } from "../../../stacks/config/backend";
import { guardAccount } from "../../../stacks/config/guard-targets";
import { parseRollout } from "../../../stacks/config/load";
import type { Rollout } from "../../../stacks/config/rollout";
import type { FunctionPackage, FunctionPackages } from "../../../stacks/function-package";
import { SecurityStack } from "../../../stacks/security-stack";
import { resolvingTokensOnly } from "../../../stacks/synthesis/resolving-tokens-only";
import { withoutTokenTraces } from "../../../stacks/synthesis/without-token-traces";

const fixture: FunctionPackage = {
  path: path.join(__dirname, "../../fixtures/function-package/function.zip"),
  sha256: "fixture-sha256",
};

/**
 * Packages that never change, so that a change in a handler, or a release, leaves the stacks' snapshots
 * alone.
 */
export const FIXTURE_PACKAGES: FunctionPackages = {
  responder: fixture,
  simulation: fixture,
  notifier: fixture,
  sweep: fixture,
  drill: fixture,
  version: "1.2.3",
};

type Block = Readonly<Record<string, unknown>>;

/** A synthesized stack, as Terraform reads it. */
export interface SynthesizedStack {
  readonly text: string;
  readonly json: {
    readonly provider: { readonly aws: readonly Block[] };
    readonly terraform: Block & { readonly required_providers: { readonly aws: Block } };
    readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
    readonly output: Readonly<Record<string, Block>>;
  };
}

/** Stacks by name. */
export type SynthesizedApp = Readonly<Record<string, SynthesizedStack>>;

/** Synthesizes a configuration into a temporary folder and reads every stack back. */
export function synthesize(rollout: Rollout, packages = FIXTURE_PACKAGES): SynthesizedApp {
  const project = mkdtempSync(path.join(tmpdir(), "synth-"));
  try {
    const outdir = path.join(project, "cdktf.out");
    const backend = backendBelow(project, rollout.backend);
    // As the product synthesizes: synthesize.test.ts shows that the files are those of plain CDKTF.
    withoutTokenTraces(() =>
      resolvingTokensOnly(() => {
        const app = new App({ outdir, skipValidation: true });
        addStacks(app, { ...rollout, backend }, packages).synth();
      }),
    );
    const guard = guardAccount(rollout);
    const names = [rollout.securityAccount, ...rollout.accounts, ...(guard ? [guard] : [])].map(
      ({ name }) => name,
    );
    return Object.fromEntries(
      names.map((name) => {
        const text = readFileSync(path.join(outdir, "stacks", name, "cdk.tf.json"), "utf8");
        return [name, { text, json: JSON.parse(text) as SynthesizedStack["json"] }];
      }),
    );
  } finally {
    rmSync(project, { recursive: true });
  }
}

/** Local state lies beside the output, as in a real checkout. */
function backendBelow(project: string, backend: Backend): Backend {
  return backend.type === "local" ? { ...backend, directory: path.join(project, "state") } : backend;
}

const synthesized = new Map<string, SynthesizedApp>();

/** Synthesizes a configuration given as the text of `rollout.yaml`; the same text once in each test file. */
export function synthesizeYaml(yaml: string): SynthesizedApp {
  const app = synthesized.get(yaml) ?? synthesize(parseRollout("rollout.yaml", yaml, "/project"));
  synthesized.set(yaml, app);
  return app;
}

/** The stack of the security account alone: with those of 1,000 accounts it would take minutes. */
export function synthesizeSecurityStack(yaml: string): SynthesizedStack {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  const stack = new SecurityStack(Testing.app(), "security", { rollout, packages: FIXTURE_PACKAGES });
  const text = Testing.synth(stack);
  return { text, json: JSON.parse(text) as SynthesizedStack["json"] };
}

/** Every resource of one type in a stack. */
export function resources(stack: SynthesizedStack | undefined, type: string): Block[] {
  return Object.values(stack?.json.resource[type] ?? {});
}
