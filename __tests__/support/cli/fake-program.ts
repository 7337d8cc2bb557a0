import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TerraformSettings } from "../../../cli/terraform/settings";
import { zipFiles } from "../../../packaging/zip";
import { eventually } from "../eventually";

/**
 * Does what files in its stack's folder say: `plan.out` is what `terraform plan` prints, `plan.code` how it
 * exits, `plan.leaves` names a file that it leaves. While there is a `plan.hold` it does not begin, and with
 * `plan.linger` it does not end. It notes when it is interrupted, and goes on. `init` and a plan with -out=
 * leave what Terraform leaves.
 */
const PROGRAM = `#!/bin/sh
step=$1
[ "$step" = state ] && step="state-$2"
stack=\${PWD##*/}
calls=\${0%/*}/calls
[ "$step" = version ] && echo '{"terraform_version":"1.11.4"}' && exit
trap 'echo "$stack interrupted" >> "$calls"' INT
echo "$stack $*" >> "$calls"
case "$*" in *-out=*) file=\${*#*-out=}; cp "\${0%/*}/plan" "\${file%% *}" ;; esac
while [ -e "$step.hold" ]; do sleep 0.01; done
[ -e "$step.out" ] && cat "$step.out"
while [ -e "$step.linger" ]; do sleep 0.01; done
[ -e "$step.leaves" ] && echo '{}' > "$(cat "$step.leaves")"
code=0
[ -e "$step.code" ] && read -r code < "$step.code"
if [ "$step" = init ] && [ "$code" = 0 ]; then
  mkdir -p .terraform
  echo '{}' > .terraform/terraform.tfstate
  [ -e .terraform.lock.hcl ] || echo "checksums that $stack has downloaded" > .terraform.lock.hcl
fi
exit "$code"
`;

/** An account id, 12 digits, that only stacks of this name have. */
export function accountFor(stack: string): string {
  return BigInt(`0x${Buffer.from(stack).toString("hex")}`)
    .toString()
    .slice(-12)
    .padStart(12, "1");
}

/** A program in Terraform's place, and the folders it works in. */
export class FakeProgram {
  readonly folder = mkdtempSync(path.join(tmpdir(), "fake-terraform-"));
  readonly settings: TerraformSettings;

  constructor(stacks: readonly string[], settings: Partial<TerraformSettings> = {}) {
    const at = (...names: string[]) => path.join(this.folder, ...names);
    writeFileSync(at("terraform"), PROGRAM, { mode: 0o755 });
    this.settings = {
      program: at("terraform"),
      version: "1.11.4",
      env: { PATH: process.env["PATH"], TF_PLUGIN_CACHE_DIR: at("shared", "plugin-cache") },
      outdir: at("cdktf.out"),
      workFolder: at("work"),
      sharedFolder: at("shared"),
      lockFile: undefined,
      ...settings,
    };
    stacks.forEach((stack) => this.synthesize(stack));
    this.planFrom([]);
  }

  /** Writes a stack's `terraform` block. */
  synthesize(
    stack: string,
    { version = "6.25.0", backend = "local", account = accountFor(stack) } = {},
  ): void {
    const required_providers = { aws: { source: "hashicorp/aws", version } };
    const state = `states/${account}.tfstate`;
    const terraform = { backend: { [backend]: { path: state, key: state } }, required_providers };
    this.put(stack, "cdk.tf.json", JSON.stringify({ terraform }));
  }

  /** What its plans hold: the state that they were made from, or nothing that can be read. */
  planFrom(resources: readonly object[] | "elsewhere"): void {
    const tfstate = JSON.stringify({ version: 4, serial: 0, lineage: "", outputs: {}, resources });
    writeFileSync(
      path.join(this.folder, "plan"),
      resources === "elsewhere" ? "{}" : zipFiles({ tfstate: Buffer.from(tfstate) }),
    );
  }

  put(stack: string, name: string, text = ""): void {
    mkdirSync(this.path(stack), { recursive: true });
    writeFileSync(this.path(stack, name), text);
  }

  remove(stack: string, name: string): void {
    rmSync(this.path(stack, name));
  }

  path(stack: string, ...names: string[]): string {
    return path.join(this.settings.outdir, "stacks", stack, ...names);
  }

  read(stack: string, name: string): string {
    return readFileSync(this.path(stack, name), "utf8");
  }

  /** Every start, as the stack and the arguments. */
  get calls(): string[] {
    try {
      return readFileSync(path.join(this.folder, "calls"), "utf8").trim().split("\n");
    } catch {
      // It was not started yet.
      return [];
    }
  }

  /** Waits until it was started so many times. */
  async started(times: number): Promise<string[]> {
    return eventually(`${times} starts`, () => (this.calls.length >= times ? this.calls : undefined));
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
