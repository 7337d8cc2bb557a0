import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, Interrupted } from "../../../cli/errors";
import { findTerraform } from "../../../cli/terraform/find-terraform";
import { findVersion } from "../../../cli/terraform/find-version";
import { openTerraform } from "../../../cli/terraform/open-terraform";
import { terraformEnvironment } from "../../../cli/terraform/settings";
import { testShell } from "../../support/cli/shell";
import { eventually } from "../../support/eventually";

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "open-terraform-"));
  ["a", "b"].forEach((name) => mkdirSync(at(name)));
});
afterEach(() => rmSync(folder, { recursive: true }));

function install(file: string, text = "", mode = 0o755): string {
  writeFileSync(at(file), `#!/bin/sh\n${text}\n`, { mode });
  return at(file);
}
const VERSION = `echo '{"terraform_version":"1.11.4","platform":"linux_amd64"}'`;

describe("finding Terraform", () => {
  const find = (env: NodeJS.ProcessEnv = {}) => findTerraform({ PATH: `${at("a")}:${at("b")}`, ...env });

  test("takes the first terraform on the PATH", () => {
    install("b/terraform");
    const first = install("a/terraform");

    expect(find()).toBe(first);
  });

  test("takes tofu where there is no terraform, and terraform where there are both", () => {
    const tofu = install("a/tofu");
    expect(find()).toBe(tofu);

    const terraform = install("b/terraform");
    expect(find()).toBe(terraform);
  });

  test("takes what TERRAFORM_BINARY_NAME names, by name or by path", () => {
    install("a/terraform");
    const tofu = install("b/tofu");

    expect(find({ TERRAFORM_BINARY_NAME: "tofu" })).toBe(tofu);
    expect(find({ TERRAFORM_BINARY_NAME: tofu, PATH: "" })).toBe(tofu);
  });

  test("passes over folders of that name, and files that cannot be executed", () => {
    mkdirSync(at("a", "terraform"));
    const terraform = install("b/terraform");
    expect(find()).toBe(terraform);

    rmSync(at("a", "terraform"), { recursive: true });
    install("a/terraform", "", 0o644);
    expect(find()).toBe(terraform);
  });

  test("gives an absolute path, since it is started in other folders", () => {
    install("a/terraform");

    expect(find({ PATH: path.relative(process.cwd(), at("a")) })).toBe(at("a", "terraform"));
  });

  test.each([
    [{}, "Terraform is missing: put terraform (https://developer.hashicorp.com/terraform/install)"],
    [{ TERRAFORM_BINARY_NAME: "tf" }, "TERRAFORM_BINARY_NAME=tf is not on the PATH: "],
  ])("%j: says what is missing", (env, message) => {
    expect(() => find(env)).toThrow(CommandError);
    expect(() => find(env)).toThrow(message);
  });
});

describe("the version", () => {
  test("may follow warnings", async () => {
    const program = install("a/terraform", `echo 'Warning: no CLI configuration file'; ${VERSION}`);

    expect(await findVersion(program, { env: process.env })).toBe("1.11.4");
  });

  test.each([
    ["that is something else", "echo hello"],
    ["that fails", "echo broken >&2; exit 1"],
  ])("a program %s is named", async (_name, text) => {
    const program = install("a/terraform", text);

    await expect(findVersion(program, { env: process.env })).rejects.toThrow(
      `${program} version -json: expected Terraform's version, got: `,
    );
  });
});

describe("a program that hangs", () => {
  /** Hangs in a process of its own, whose id is noted in one step: an empty file would name our own group. */
  const hanging = () =>
    install("a/terraform", `sleep 1000 & echo $! > ${at("pid.new")}; mv ${at("pid.new")} ${at("pid")}; wait`);
  const isAlive = () => {
    try {
      process.kill(Number(readFileSync(at("pid"), "utf8")), 0);
      return true;
    } catch {
      return false;
    }
  };

  test("is not waited for", async () => {
    const program = hanging();

    await expect(findVersion(program, { env: process.env, answerWithinMs: 500 })).rejects.toThrow(
      new CommandError(`${program} version -json: expected Terraform's version, got: no answer within 0.5 s`),
    );
    await eventually("its end", () => !isAlive() || undefined);
  });

  test("does not outlive an interrupt", async () => {
    const controller = new AbortController();
    const version = findVersion(hanging(), { env: process.env, signal: controller.signal });
    await eventually("its start", () => isAlive() || undefined);

    controller.abort(new Interrupted("stopped by SIGINT"));

    await expect(version).rejects.toThrow(new Interrupted("stopped by SIGINT"));
    await eventually("its end", () => !isAlive() || undefined);
  });
});

describe("the environment", () => {
  test.each([
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_plan",
    "TF_CLI_ARGS_init",
    "TF_REATTACH_PROVIDERS",
  ])("of an operator's other work, %s is withheld", (name) => {
    const env = terraformEnvironment({ [name]: "-destroy", HOME: "/home", TF_LOG: "info" }, "/shared");

    expect(env).not.toHaveProperty(name);
    expect(env).toMatchObject({ HOME: "/home", TF_LOG: "info" });
  });

  test("is never interactive", () => {
    const env = terraformEnvironment({ TF_INPUT: "1", TF_IN_AUTOMATION: "" }, "/shared");

    expect(env).toMatchObject({ TF_INPUT: "0", TF_IN_AUTOMATION: "1" });
  });

  test.each([
    [undefined, "/checkout/shared/plugin-cache"],
    ["", "/checkout/shared/plugin-cache"],
    ["/home/cache", "/home/cache"],
    ["cache", "/checkout/cache"],
  ])("with a plugin cache of %j, uses %s", (cache, used) => {
    const env = terraformEnvironment({ TF_PLUGIN_CACHE_DIR: cache }, "/checkout/shared");

    expect(env["TF_PLUGIN_CACHE_DIR"]).toBe(used);
  });
});

describe("opening", () => {
  const open = (added: NodeJS.ProcessEnv = {}, text = VERSION) => {
    install("a/terraform", text);
    const { shell } = testShell(folder);
    const env = { PATH: `${at("a")}:${process.env["PATH"]}`, ...added };
    return openTerraform({ ...shell, env }, at("cdktf.out"), "plan");
  };

  test("each command has plans and logs of its own, which no one else may read", async () => {
    const { workFolder, sharedFolder } = await open();

    expect([workFolder, sharedFolder]).toEqual([at(".rollout", "plan"), at(".rollout")]);
    expect(statSync(workFolder).mode & 0o077).toBe(0);
  });

  test("asks for the version in the environment of every Terraform process", async () => {
    const seen = `env | grep -E '^TF_' | sort > ${at("seen")}; ls -d "$TF_PLUGIN_CACHE_DIR" >> ${at("seen")}`;
    const { env } = await open({ TF_CLI_ARGS: "-destroy", TF_CLI_ARGS_version: "-x" }, `${seen}; ${VERSION}`);

    expect(env).not.toHaveProperty("TF_CLI_ARGS");
    expect(readFileSync(at("seen"), "utf8").split("\n")).toEqual([
      "TF_INPUT=0",
      "TF_IN_AUTOMATION=1",
      `TF_PLUGIN_CACHE_DIR=${at(".rollout", "plugin-cache")}`,
      at(".rollout", "plugin-cache"),
      "",
    ]);
  });

  test("takes reviewed checksums if they are committed", async () => {
    expect((await open()).lockFile).toBeUndefined();

    writeFileSync(at(".terraform.lock.hcl"), "");

    expect((await open()).lockFile).toBe(at(".terraform.lock.hcl"));
  });
});
