import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DRILL_NAME, type DrillAudience, type DrillOutcome } from "../../functions/contract";
import { readDrillOutcome } from "../../functions/security-notifier/read-drill";
import { errorCode, errorText } from "../../functions/shared/aws-error";
import { plain } from "../../functions/shared/text";
import { deploymentRoleArn } from "../../stacks/config/roles";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { clientSettings, roleCredentials } from "../aws/role-session";

/** The longest that Lambda lets a function run, in milliseconds. Source: Lambda guide, "Lambda quotas". */
const LONGEST_DRILL_MS = 900_000;

/** How the drill of one account ended. */
export type DrillRun =
  | { readonly kind: "ended"; readonly outcome: DrillOutcome }
  /** The function does not exist; `isExpected` if the configuration does not require it. */
  | { readonly kind: "not-deployed"; readonly isExpected: boolean; readonly advice: string }
  | { readonly kind: "error"; readonly error: string }
  /** The operator stopped waiting; the function continues. */
  | { readonly kind: "stopped" };

/**
 * Runs the drill of one account now, as the deployment role, and waits for its end. Never throws.
 *
 * @param audience Who gets the responder's mail about the drill's user.
 * @param abortSignal Stops waiting.
 */
export async function runDrill(
  rollout: Rollout,
  account: Account,
  audience: DrillAudience,
  abortSignal: AbortSignal,
): Promise<DrillRun> {
  const { region } = new AccountNames(rollout.partition, account.id);
  const roleArn = deploymentRoleArn(rollout, account.id);
  const settings = clientSettings(region);
  const lambda = new LambdaClient({
    ...settings,
    // A second attempt would be a second drill.
    maxAttempts: 1,
    requestHandler: { ...settings.requestHandler, requestTimeout: LONGEST_DRILL_MS },
    credentials: await roleCredentials({ roleArn, sessionName: "quarantine-drill" }, settings),
  });
  try {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: DRILL_NAME, Payload: JSON.stringify({ audience }) }),
      { abortSignal },
    );
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    return answer.FunctionError === undefined
      ? ended(text, account)
      : { kind: "error", error: `${DRILL_NAME} failed: ${plain(text, 300)}` };
  } catch (error) {
    if (abortSignal.aborted) {
      return { kind: "stopped" };
    }
    return errorCode(error) === "ResourceNotFound"
      ? notDeployed(rollout, account)
      : { kind: "error", error: `it could not be run as ${roleArn}: ${errorText(error)}` };
  } finally {
    lambda.destroy();
  }
}

function ended(text: string, account: Account): DrillRun {
  const outcome = readDrillOutcome(parsed(text));
  if (outcome === undefined) {
    return { kind: "error", error: `expected the outcome of a drill, got ${plain(text, 200) || "nothing"}` };
  }
  return outcome.accountId === account.id
    ? { kind: "ended", outcome }
    : { kind: "error", error: `the answer is of another account, ${outcome.accountId}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notDeployed({ drill }: Rollout, { mode, name }: Account): DrillRun {
  if (mode !== "enforce") {
    return { kind: "not-deployed", isExpected: true, advice: `only in the mode enforce, not ${mode}` };
  }
  return drill.everyHours === 0
    ? {
        kind: "not-deployed",
        isExpected: true,
        advice: "set drill.everyHours, for example to 24, and roll out",
      }
    : { kind: "not-deployed", isExpected: false, advice: `roll it out: rollout --account ${name}` };
}
