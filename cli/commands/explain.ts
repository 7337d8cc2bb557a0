import { Option, type Command } from "commander";
import { loadRollout, readRolloutText } from "../../stacks/config/load";
import { UsageError } from "../errors";
import { EXIT } from "../exit-codes";
import { roleName } from "../option-values";
import { describeRights } from "../policies/command-rights";
import { print, printJson, type Shell } from "../shell";
import type { Explanation } from "../verdicts/explain";

interface ExplainOptions {
  readonly account?: string;
  readonly user?: string;
  readonly role?: string;
  readonly json?: true;
}

const HELP = `
Shows what the responder does about a CloudTrail record, and why: the verdict, the rule, the line of rollout.yaml that
decided, and each step. For a user, it finds the record of its creation in the account's event history (90 days; the
newest 15 minutes can be missing), and shows the steps that are still missing according to IAM.

With --role, the role needs these permissions, for the record and for the steps; policies --may-read generates one
(QuarantineRead):
${describeRights("explain")}

Examples:
  npm run quarantine -- explain record.json
  npm run quarantine -- explain --account payments --user svc-mail --role QuarantineRead`;

/** `explain`: the verdict about one record, and what decided it. */
export function registerExplain(program: Command, shell: Shell): void {
  program
    .command("explain")
    .description("explain the verdict about one CloudTrail record, or about the creation of one user")
    .argument("[file]", "CloudTrail file, .json or .json.gz; each of its records is explained")
    .option("-a, --account <name>", "name or id of the user's account")
    .option("-u, --user <name>", "name of the user")
    .addOption(
      new Option(
        "--role <name>",
        "role to assume in the account instead of deploymentRole, such as a read-only role",
      ).argParser(roleName),
    )
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action((file: string | undefined, options: ExplainOptions) => showExplanation(shell, file, options));
}

async function showExplanation(
  shell: Shell,
  file: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  const { account, user } = options;
  if (
    (file === undefined) !== (account !== undefined && user !== undefined) ||
    (account === undefined) !== (user === undefined)
  ) {
    throw new UsageError("explain: expected a file, or --account and --user");
  }
  const text = readRolloutText(shell.env, shell.cwd);
  const configured = loadRollout(shell.env, shell.cwd);
  const rollout = options.role === undefined ? configured : { ...configured, assumedRole: options.role };
  const { decidingLines } = await import("../verdicts/deciding-line.ts");
  const { explain, explanationText } = await import("../verdicts/explain.ts");
  const findLine = decidingLines(text);
  let explanations: Explanation[];
  if (file !== undefined) {
    const { readRecordFile } = await import("../verdicts/record-files.ts");
    explanations = readRecordFile(file, shell.cwd).map((record) =>
      explain(record, rollout, findLine, Date.now()),
    );
  } else {
    const target = rollout.accounts.find(({ name, id }) => name === account || id === account);
    if (target === undefined) {
      throw new UsageError(
        `--account ${account}: expected the name or id of a target account in ${text.name}`,
      );
    }
    const { readUserCreationRecord } = await import("../verdicts/account-lookup.ts");
    const { record, seen } = await readUserCreationRecord(rollout, target, user ?? "");
    explanations = [explain(record, rollout, findLine, Date.now(), seen)];
  }
  if (options.json === true) {
    printJson(shell, explanations);
  } else {
    print(shell, explanations.map((each) => explanationText(each, text.name)).join("\n\n"));
  }
  shell.exitCode = explanations.some(({ kind }) => kind !== "explained") ? EXIT.failed : EXIT.done;
}
