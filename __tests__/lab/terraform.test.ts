import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MissingToolError } from "../../lab/shared/errors";
import { setUpTerraform, type TerraformPlaces, type TerraformSetup } from "../../lab/terraform";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "terraform-test-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function folder(...names: string[]): string {
  const created = path.join(root, ...names);
  mkdirSync(created, { recursive: true });
  return created;
}

function program(name: string): string {
  const file = path.join(folder("bin"), name);
  writeFileSync(file, "", { mode: 0o755 });
  return file;
}

function setUp(
  environment: Record<string, string> = {},
  places: Partial<TerraformPlaces> = {},
): TerraformSetup {
  const found: TerraformPlaces = {
    environment: { PATH: path.join(root, "bin"), XDG_DATA_DIRS: path.join(root, "share"), ...environment },
    homeFolder: path.join(root, "home"),
    usualPlaces: [path.join(root, "opt")],
    ...places,
  };
  return setUpTerraform(found, path.join(root, "work"));
}

function configuredMirror({ environment }: TerraformSetup): string | undefined {
  const file = environment["TF_CLI_CONFIG_FILE"];
  return file === undefined ? undefined : /path = "([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1];
}

describe("setUpTerraform", () => {
  test("prefers terraform over tofu", () => {
    program("tofu");
    const terraform = program("terraform");

    const setup = setUp();

    expect(setup.program).toBe(terraform);
  });

  test("takes tofu where there is no terraform", () => {
    const tofu = program("tofu");

    const setup = setUp();

    expect(setup.program).toBe(tofu);
  });

  test("says in one line how to get what is missing", () => {
    folder("bin");

    const find = (): TerraformSetup => setUp();

    expect(find).toThrow(MissingToolError);
    expect(find).toThrow(/^Terraform is missing: .*https:\/\/.*PATH\.$/);
  });

  test("leaves a CLI configuration that exists alone", () => {
    program("terraform");
    folder("opt", "plugins", "registry.terraform.io");
    const file = path.join(root, "own.tfrc");
    writeFileSync(file, "");

    const setup = setUp({ TF_CLI_CONFIG_FILE: file });

    expect(setup.environment["TF_CLI_CONFIG_FILE"]).toBe(file);
    expect(setup.mirror).toBeUndefined();
  });

  test("takes away a CLI configuration that does not exist", () => {
    program("terraform");

    const setup = setUp({ TF_CLI_CONFIG_FILE: path.join(root, "gone.tfrc") });

    expect(setup.environment).toHaveProperty("TF_CLI_CONFIG_FILE", undefined);
  });

  test("finds a mirror one level under a usual place, though a CLI configuration is named that does not exist", () => {
    program("terraform");
    const mirror = path.dirname(folder("opt", "plugins", "registry.terraform.io"));

    const setup = setUp({ TF_CLI_CONFIG_FILE: path.join(root, "gone.tfrc") });

    expect(setup.mirror).toBe(mirror);
    expect(configuredMirror(setup)).toBe(mirror);
  });

  test("finds a mirror in a usual place itself", () => {
    program("terraform");
    const mirror = path.dirname(folder("opt", "registry.terraform.io"));

    const setup = setUp();

    expect(configuredMirror(setup)).toBe(mirror);
  });

  test("does not look two levels down", () => {
    program("terraform");
    folder("opt", "a", "b", "registry.terraform.io");

    const setup = setUp();

    expect(setup.mirror).toBeUndefined();
  });

  test("finds the mirror that TF_PLUGIN_MIRROR names", () => {
    program("terraform");
    const mirror = path.dirname(folder("mine", "registry.terraform.io"));

    const setup = setUp({ TF_PLUGIN_MIRROR: mirror });

    expect(configuredMirror(setup)).toBe(mirror);
  });

  test("prefers the mirror that TF_PLUGIN_MIRROR names to one it finds", () => {
    program("terraform");
    folder("opt", "plugins", "registry.terraform.io");
    const mirror = path.dirname(folder("mine", "registry.terraform.io"));

    const setup = setUp({ TF_PLUGIN_MIRROR: mirror });

    expect(configuredMirror(setup)).toBe(mirror);
  });

  test.each([
    ["home", ["home", ".terraform.d", "plugins"]],
    ["data", ["home", ".local", "share", "terraform", "plugins"]],
    ["shared", ["share", "terraform", "plugins"]],
  ])("leaves the %s folder to Terraform, which looks there itself", (_name, names) => {
    program("terraform");
    folder(...names, "registry.terraform.io");
    folder("opt", "plugins", "registry.terraform.io");

    const setup = setUp();

    expect(setup.mirror).toBeUndefined();
    expect(setup.environment["TF_CLI_CONFIG_FILE"]).toBeUndefined();
  });

  test("keeps Terraform from calling home and from sharing a plugin cache", () => {
    program("terraform");

    const setup = setUp();

    expect(setup.environment).toMatchObject({ CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" });
    expect(setup.environment).toHaveProperty("TF_PLUGIN_CACHE_DIR", undefined);
  });
});
