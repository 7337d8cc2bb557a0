import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { synthesizeProject } from "../../../cli/changed/synthesize-project";

test("the code of a revision sees the environment, but no credentials in it", async () => {
  const cwd = mkdtempSync(path.join(tmpdir(), "synthesize-project-"));
  try {
    writeFileSync(path.join(cwd, "cdktf.json"), JSON.stringify({ app: "env > seen" }));
    const env = {
      PATH: process.env["PATH"],
      HOME: cwd,
      GITHUB_SHA: "abc",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "secret",
      TF_TOKEN_app_terraform_io: "secret",
      GITHUB_TOKEN: "secret",
      GH_TOKEN: "secret",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
      ACTIONS_ID_TOKEN_REQUEST_URL: "secret",
      ACTIONS_RUNTIME_TOKEN: "secret",
      NODE_AUTH_TOKEN: "secret",
      NPM_TOKEN: "secret",
    };

    await synthesizeProject({ cwd, env, config: "rollout.yaml", outdir: "out", title: "a revision" });

    const seen = readFileSync(path.join(cwd, "seen"), "utf8").split("\n");
    expect(seen).toEqual(expect.arrayContaining(["GITHUB_SHA=abc", "CDKTF_OUTDIR=out", `HOME=${cwd}`]));
    expect(seen.filter((line) => line.endsWith("=secret"))).toEqual([]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
