import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BACKEND_RECORD } from "../../stacks/state/state-account";
import { Semaphore } from "../semaphore";
import { TerraformError } from "./fault";
import type { TerraformRunner } from "./runner";
import { stackFolder, workFile, type TerraformSettings } from "./settings";

const LOCK_FILE = ".terraform.lock.hcl";
/** Records what a stack was last initialized for. In `.terraform`, so that both are deleted together. */
const STAMP = path.join(".terraform", "initialized-for");

/**
 * Initializes each stack once. The first one runs alone, fills the plugin cache and records the provider's
 * checksums, because Terraform does not protect a cache from two writers. The others then read it in
 * parallel (docs/adr/0009-rollout.md).
 */
export class Initializer {
  private readonly firstFill = new Semaphore(1);
  private cacheFilled = false;

  constructor(
    private readonly settings: TerraformSettings,
    private readonly runner: TerraformRunner,
  ) {
    const cache = settings.env["TF_PLUGIN_CACHE_DIR"];
    if (cache !== undefined) {
      // Terraform refuses a cache folder that does not exist.
      mkdirSync(cache, { recursive: true });
    }
  }

  /**
   * Initializes a stack unless it is initialized for the same backend, provider and Terraform.
   *
   * @throws TerraformError when the backend or the provider cannot be reached.
   */
  async initialize(stack: string): Promise<void> {
    if (this.isInitialized(stack)) {
      return;
    }
    const isDone = await this.firstFill.run(() => this.fillCache(stack));
    if (!isDone) {
      await this.run(stack);
    }
  }

  /** Makes the next `initialize` run Terraform in any case. */
  forget(stack: string): void {
    rmSync(path.join(stackFolder(this.settings, stack), STAMP), { force: true });
  }

  /** Initializes the first stack, and so fills the cache; false when that is done already. */
  private async fillCache(stack: string): Promise<boolean> {
    if (this.cacheFilled) {
      return false;
    }
    await this.run(stack);
    this.cacheFilled = true;
    return true;
  }

  private async run(stack: string): Promise<void> {
    const { program, env, lockFile } = this.settings;
    const cwd = stackFolder(this.settings, stack);
    this.placeLockFile(stack, cwd);
    // Nothing is added to checksums that someone has reviewed and committed.
    const readOnly = lockFile === undefined ? [] : ["-lockfile=readonly"];
    const outputFile = workFile(this.settings, stack, "init.log");
    const args = ["init", "-input=false", "-no-color", ...readOnly];
    await this.runner.run({ program, args, cwd, env, outputFile });
    if (!existsSync(path.join(cwd, BACKEND_RECORD))) {
      throw new TerraformError({
        kind: "other",
        cause: `${program} init reported no error, but initialized nothing`,
        advice: `Is this Terraform or OpenTofu? What it printed is in ${outputFile}.`,
      });
    }
    mkdirSync(this.settings.sharedFolder, { recursive: true, mode: 0o700 });
    // There is no lock file if a provider is overridden for development.
    if (existsSync(path.join(cwd, LOCK_FILE))) {
      copyFileSync(path.join(cwd, LOCK_FILE), this.sharedLockFile(stack));
    }
    writeFileSync(path.join(cwd, STAMP), this.stampFor(stack));
  }

  /** With the checksums, Terraform uses the provider in the cache; without them, it downloads it again. */
  private placeLockFile(stack: string, cwd: string): void {
    const own = path.join(cwd, LOCK_FILE);
    const shared = this.settings.lockFile ?? this.sharedLockFile(stack);
    if (existsSync(shared)) {
      copyFileSync(shared, own);
    } else {
      // It may be for another version of the provider, which Terraform would refuse.
      rmSync(own, { force: true });
    }
  }

  /** Named after what the stack requires: another version of the provider has other checksums. */
  private sharedLockFile(stack: string): string {
    const required = sha256(JSON.stringify(this.terraformBlock(stack)["required_providers"]));
    return path.join(this.settings.sharedFolder, `providers-${required.slice(0, 12)}.lock.hcl`);
  }

  /** Whether `initialize` has nothing to do. */
  isInitialized(stack: string): boolean {
    try {
      const folder = stackFolder(this.settings, stack);
      const stamp = readFileSync(path.join(folder, STAMP), "utf8");
      // The record does not exist if the folder belonged to another account in the meantime.
      return stamp === this.stampFor(stack) && existsSync(path.join(folder, BACKEND_RECORD));
    } catch {
      return false;
    }
  }

  private stampFor(stack: string): string {
    const { program, version, lockFile } = this.settings;
    const checksums = lockFile === undefined ? "" : readFileSync(lockFile, "utf8");
    return sha256(JSON.stringify([program, version, this.terraformBlock(stack), checksums]));
  }

  private terraformBlock(stack: string): Record<string, unknown> {
    const file = path.join(stackFolder(this.settings, stack), "cdk.tf.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { terraform: Record<string, unknown> }).terraform;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
