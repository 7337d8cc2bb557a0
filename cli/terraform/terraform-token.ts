import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { objectAt, parseObject, stringAt } from "../../functions/shared/json";

/**
 * The token that Terraform would use for a host, read where Terraform reads it: the variable `TF_TOKEN_HOST`,
 * then the CLI configuration with what `terraform login` has written. Credentials helpers are not supported.
 * Source: Terraform CLI, "CLI configuration file", and `internal/command/cliconfig` of Terraform.
 *
 * @param host Such as `app.terraform.io`, with the port if there is one.
 * @param homeFolder Absolute path.
 * @returns Undefined when there is none.
 */
export function terraformToken(host: string, env: NodeJS.ProcessEnv, homeFolder: string): string | undefined {
  return (
    tokenInEnvironment(host, env) ??
    // Of two files that name the host, the later one counts.
    configurationFiles(env, homeFolder)
      .map((file) => tokenIn(readFileSync(file, "utf8"), host))
      .findLast((token) => token !== undefined)
  );
}

/** `.` may be written `_`, and `-` as `__`: not every shell takes them in the name of a variable. */
function tokenInEnvironment(host: string, env: NodeJS.ProcessEnv): string | undefined {
  const [, token] =
    Object.entries(env).find(([name]) => {
      const [, written] = /^TF_TOKEN_(.+)$/.exec(name) ?? [];
      return written?.replaceAll("__", "-").replaceAll("_", ".").toLowerCase() === host;
    }) ?? [];
  return token === "" ? undefined : token;
}

function configurationFiles(env: NodeJS.ProcessEnv, homeFolder: string): string[] {
  const named = env["TF_CLI_CONFIG_FILE"] || env["TERRAFORM_CONFIG"];
  const folder = path.join(homeFolder, ".terraform.d");
  const files = named
    ? [path.resolve(named)]
    : [
        path.join(homeFolder, ".terraformrc"),
        ...(existsSync(folder) ? readdirSync(folder).sort() : [])
          .filter((name) => /\.tfrc(\.json)?$/.test(name))
          .map((name) => path.join(folder, name)),
      ];
  return files.filter((file) => existsSync(file));
}

/** For both forms of a configuration: JSON, which `terraform login` writes, and HCL. */
function tokenIn(text: string, host: string): string | undefined {
  if (text.trimStart().startsWith("{")) {
    return stringAt(objectAt(objectAt(parseObject(text), "credentials"), host), "token");
  }
  const blocks = [...text.matchAll(/^\s*credentials\s+"([^"]+)"\s*\{([^}]*)\}/gm)];
  const [, , block = ""] = blocks.findLast(([, name]) => name?.toLowerCase() === host) ?? [];
  return /^\s*token\s*=\s*"([^"]*)"/m.exec(block)?.[1];
}
