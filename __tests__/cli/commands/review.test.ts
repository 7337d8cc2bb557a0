import { EXIT } from "../../../cli/exit-codes";
import { runCommand } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

test("refuses a page in a folder that does not exist, before it reads anything", async () => {
  const { exitCode, stdout, stderr } = await runCommand(SAMPLE_YAML, [
    "review",
    "--html",
    "nowhere/review.html",
  ]);
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toContain("--html nowhere/review.html: the folder does not exist");
  expect(stdout).toBe("");
});
