import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Initializer } from "../../../cli/terraform/initializer";
import { TerraformRunner } from "../../../cli/terraform/runner";
import type { TerraformSettings } from "../../../cli/terraform/settings";
import { FakeProgram } from "../../support/cli/fake-program";

const STACKS = ["security", "payments", "research"];
const INIT = "init -input=false -no-color";
let terraform: FakeProgram;

beforeEach(() => (terraform = new FakeProgram(STACKS)));
afterEach(() => terraform.delete());

const initializer = (settings: Partial<TerraformSettings> = {}) =>
  new Initializer({ ...terraform.settings, ...settings }, new TerraformRunner());

describe("the plugin cache", () => {
  test("is filled by the first one alone; the others follow side by side", async () => {
    STACKS.forEach((stack) => terraform.put(stack, "init.hold"));
    const subject = initializer();
    const all = Promise.all(STACKS.map((stack) => subject.initialize(stack)));

    await terraform.started(1);
    await pause(60);
    expect(terraform.calls).toEqual([`security ${INIT}`]);
    terraform.remove("security", "init.hold");
    const started = await terraform.started(3);
    STACKS.slice(1).forEach((stack) => terraform.remove(stack, "init.hold"));
    await all;

    expect(started.slice(1).sort()).toEqual([`payments ${INIT}`, `research ${INIT}`]);
  });

  test("is filled by the next one when the first fails", async () => {
    terraform.put("security", "init.code", "1");
    terraform.put("security", "init.out", "Error: Failed to query available provider packages\n");
    terraform.put("payments", "init.hold");
    const subject = initializer();
    const [security, payments, research] = STACKS.map((stack) => subject.initialize(stack));

    await expect(security).rejects.toThrow("Failed to query available provider packages");
    await terraform.started(2);
    await pause(60);
    expect(terraform.calls).toEqual([`security ${INIT}`, `payments ${INIT}`]);
    terraform.remove("payments", "init.hold");
    await Promise.all([payments, research]);

    expect(subject.isInitialized("security")).toBe(false);
    expect(subject.isInitialized("research")).toBe(true);
  });

  test("gets its folder, which Terraform does not create", () => {
    initializer();

    expect(existsSync(path.join(terraform.settings.sharedFolder, "plugin-cache"))).toBe(true);
  });
});

test("a program that is not Terraform is named, even if it says that all is well", async () => {
  const program = path.join(terraform.folder, "nonsense");
  writeFileSync(program, "#!/bin/sh\necho 'Hello, world!'\n", { mode: 0o755 });
  const log = path.join(terraform.settings.workFolder, "security", "init.log");

  await expect(initializer({ program }).initialize("security")).rejects.toMatchObject({
    fault: {
      kind: "other",
      cause: `${program} init reported no error, but initialized nothing`,
      advice: `Is this Terraform or OpenTofu? What it printed is in ${log}.`,
    },
  });
});

describe("checksums of the provider", () => {
  test("that the first stack downloaded are used by all stacks", async () => {
    const subject = initializer();

    for (const stack of STACKS) {
      await subject.initialize(stack);
    }

    expect(terraform.read("research", ".terraform.lock.hcl")).toBe(
      "checksums that security has downloaded\n",
    );
  });

  test("are shared with the next run too", async () => {
    await initializer().initialize("security");

    await initializer().initialize("payments");

    expect(terraform.read("payments", ".terraform.lock.hcl")).toBe(
      "checksums that security has downloaded\n",
    );
  });

  test("of another version are not taken", async () => {
    const subject = initializer();
    await subject.initialize("security");
    terraform.synthesize("payments", { version: "6.26.0" });
    terraform.put("payments", ".terraform.lock.hcl", "checksums of 6.25.0\n");

    await subject.initialize("payments");

    expect(terraform.read("payments", ".terraform.lock.hcl")).toBe(
      "checksums that payments has downloaded\n",
    );
  });

  test("that are committed are used as they are, and nothing is added to them", async () => {
    const lockFile = path.join(terraform.folder, "reviewed.lock.hcl");
    writeFileSync(lockFile, "reviewed checksums\n");

    await initializer({ lockFile }).initialize("security");

    expect(terraform.calls).toEqual([`security ${INIT} -lockfile=readonly`]);
    expect(terraform.read("security", ".terraform.lock.hcl")).toBe("reviewed checksums\n");
  });
});

describe("a stack that was initialized", () => {
  beforeEach(() => initializer().initialize("security"));

  const again = async (settings: Partial<TerraformSettings> = {}) => {
    const subject = initializer(settings);
    const before = subject.isInitialized("security");
    await subject.initialize("security");
    expect(subject.isInitialized("security")).toBe(true);
    return { before, starts: terraform.calls.length - 1 };
  };

  test("is left alone", async () => {
    expect(await again()).toEqual({ before: true, starts: 0 });
  });

  test.each([
    {
      why: "another version of the provider",
      change: () => terraform.synthesize("security", { version: "6.26.0" }),
    },
    { why: "another backend", change: () => terraform.synthesize("security", { backend: "s3" }) },
    {
      why: "a .terraform that is gone",
      change: () => rmSync(terraform.path("security", ".terraform"), { recursive: true }),
    },
  ])("is initialized again for $why", async ({ change }) => {
    change();

    expect(await again()).toEqual({ before: false, starts: 1 });
  });

  test("is initialized again for another version of Terraform", async () => {
    expect(await again({ version: "1.12.0" })).toEqual({ before: false, starts: 1 });
  });

  test("is initialized again for other reviewed checksums", async () => {
    const lockFile = path.join(terraform.folder, "reviewed.lock.hcl");
    writeFileSync(lockFile, "reviewed checksums\n");
    await initializer({ lockFile }).initialize("security");
    writeFileSync(lockFile, "other checksums\n");

    expect(await again({ lockFile })).toMatchObject({ before: false });
  });

  test("is initialized again when that is forgotten", async () => {
    initializer().forget("security");

    expect(await again()).toEqual({ before: false, starts: 1 });
  });

  test("is not left as initialized when it fails", async () => {
    terraform.synthesize("security", { backend: "s3" });
    terraform.put("security", "init.code", "1");
    const subject = initializer();

    await expect(subject.initialize("security")).rejects.toThrow("Terraform exited without output");

    expect(subject.isInitialized("security")).toBe(false);
  });
});
