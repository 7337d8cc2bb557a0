import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { terraformToken } from "../../../cli/terraform/terraform-token";

const HOST = "tfe-1.example.com";
const LOGGED_IN = JSON.stringify({ credentials: { [HOST]: { token: "of-login" } } });
const CONFIGURED = `plugin_cache_dir = "/tmp"
credentials "app.terraform.io" { token = "of-another-host" }
credentials "TFE-1.example.com" {
  # token = "of-a-comment"
  token = "of-configuration"
}
`;

let homeFolder: string;
beforeEach(() => {
  homeFolder = mkdtempSync(path.join(tmpdir(), "home-"));
  mkdirSync(path.join(homeFolder, ".terraform.d"));
});
afterEach(() => rmSync(homeFolder, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(homeFolder, name);
  writeFileSync(file, text);
  return file;
}
const tokenIn = (env: NodeJS.ProcessEnv = {}) => terraformToken(HOST, env, homeFolder);

test("without any, there is no token", () => {
  rmSync(path.join(homeFolder, ".terraform.d"), { recursive: true });

  expect(
    tokenIn({ TF_TOKEN_app_terraform_io: "of-another-host", TF_TOKEN_tfe__1_example_com: "" }),
  ).toBeUndefined();
});

test.each(["TF_TOKEN_tfe__1_example_com", "TF_TOKEN_tfe-1_example_com", "TF_TOKEN_TFE-1.example.com"])(
  "the token in %s comes before every file",
  (name) => {
    write(".terraform.d/credentials.tfrc.json", LOGGED_IN);

    expect(tokenIn({ [name]: "of-variable" })).toBe("of-variable");
  },
);

test("the token of `terraform login` is found", () => {
  write(".terraform.d/credentials.tfrc.json", LOGGED_IN);

  expect(tokenIn()).toBe("of-login");
});

test("the token of a block in the CLI configuration is found", () => {
  write(".terraformrc", CONFIGURED);

  expect(tokenIn()).toBe("of-configuration");
});

test("what `terraform login` has written counts more than the CLI configuration", () => {
  write(".terraformrc", CONFIGURED);
  write(".terraform.d/credentials.tfrc.json", LOGGED_IN);
  write(".terraform.d/notes.txt", CONFIGURED);

  expect(tokenIn()).toBe("of-login");
});

test("a CLI configuration that a variable names is the only one", () => {
  write(".terraform.d/credentials.tfrc.json", LOGGED_IN);
  const TF_CLI_CONFIG_FILE = write("ci.tfrc", CONFIGURED);

  expect(tokenIn({ TF_CLI_CONFIG_FILE })).toBe("of-configuration");
  expect(tokenIn({ TF_CLI_CONFIG_FILE: write("empty.tfrc", "") })).toBeUndefined();
});
