import { INLINE_POLICY_NAME, TAG_KEYS, TAG_STATUS, TAMPERED_STEP, type Outcome } from "../../contract";
import { restoreBoundary } from "./former-boundary";
import type { OutcomeOrigin } from "./origin";
import { undoCommands } from "./stopped-credentials";

const CONSOLES: Readonly<Record<string, string>> = {
  aws: "https://us-east-1.console.aws.amazon.com",
  "aws-us-gov": "https://console.amazonaws-us-gov.com",
  "aws-cn": "https://console.amazonaws.cn",
};

/** Link to the user in the console of the partition; undefined for a partition without a public console. */
export function consoleLink(userName: string, partition: string): string | undefined {
  const host = CONSOLES[partition];
  return host && `${host}/iam/home#/users/details/${encodeURIComponent(userName)}`;
}

/** Link to a CloudWatch dashboard. Its path is the one that the console shows, and is not documented. */
export function dashboardLink(name: string, region: string, partition: string): string | undefined {
  const host = CONSOLES[partition];
  return host && `${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${encodeURIComponent(name)}`;
}

/** What to do next, as lines of text; each command is on a line of its own. */
export function nextSteps(outcome: Outcome, origin: OutcomeOrigin): string[] {
  return [...repairPolicy(outcome, origin.policyArn), ...dealWithUser(outcome, origin)];
}

function repairPolicy({ failed }: Outcome, policyArn: string): string[] {
  if (!failed.some(({ step }) => step === TAMPERED_STEP)) {
    return [];
  }
  return [
    "First set the quarantine policy back to the version that denies everything (a new deployment of the account does it too), and look in CloudTrail for who changed it:",
    `  aws iam list-policy-versions --policy-arn ${policyArn}`,
    `  aws iam set-default-policy-version --policy-arn ${policyArn} --version-id VERSION`,
  ];
}

function dealWithUser(outcome: Outcome, origin: OutcomeOrigin): string[] {
  const { policyArn } = origin;
  const user = userOption(outcome.userName);
  switch (outcome.status) {
    case "QUARANTINED":
      if (outcome.drill !== undefined) {
        return ["Nothing: the drill of the account created this user, and removes it."];
      }
      return [
        `Ask ${outcome.createdBy} whether the creation was meant. If not, delete the user and look into the creator, who is not denied anything.`,
        "If it was meant, release the user, from a checkout of the project:",
        `  ${releaseCommand(outcome, origin)}`,
        "Without a checkout, as a break-glass role (guard.breakGlassRoles in rollout.yaml), two minutes after the quarantine or later, the tags first:",
        ...release(outcome, user, origin),
        "Then add the creator to the trusted creators in rollout.yaml.",
      ];
    case "FAILED":
      return [
        ...(outcome.userName === "" ? [] : containByHand(user, policyArn)),
        "Lambda tries again by itself; what fails for good waits in the dead-letter queue with its event.",
      ];
    case "OBSERVED":
      return [
        `Ask ${outcome.createdBy} whether the creation was meant. If not, contain the user:`,
        `  aws iam attach-user-policy ${user} --policy-arn ${policyArn}`,
      ];
    case "VANISHED":
      return [
        `Look in CloudTrail for what ${outcome.createdBy} did with the user, above all DeleteUser and UpdateUser.`,
        "If it exists after all, contain it:",
        `  aws iam attach-user-policy ${user} --policy-arn ${policyArn}`,
      ];
    case "RESTORED":
    case "ABANDONED":
      return [
        `Find out who undid the quarantine${outcome.actor === undefined ? " (in CloudTrail, or in an alert that follows)" : ""}, and end their sessions: they can do it again as long as they can act.`,
        "Only the guard (docs/guard.md) keeps an administrator of the account from it.",
      ];
    case "RELEASED":
      return [
        "Nothing, if you know of the release. If not, quarantine the user again:",
        `  aws iam attach-user-policy ${user} --policy-arn ${policyArn}`,
      ];
    case "TRUSTED":
    case "HELD":
    case "IGNORED":
      return [];
  }
}

function containByHand(user: string, policyArn: string): string[] {
  return [
    "Contain the user by hand, at once:",
    `  aws iam attach-user-policy ${user} --policy-arn ${policyArn}`,
    `  aws iam list-access-keys ${user}`,
    `  aws iam update-access-key ${user} --status Inactive --access-key-id KEY`,
  ];
}

/** Names the account by its id; if another account sent the outcome, by the id that EventBridge states. */
function releaseCommand({ accountId, userName }: Outcome, { sender }: OutcomeOrigin): string {
  const who = `${sender ?? accountId} ${userName}`;
  const why = "--reason TEXT --approved-by WHO";
  const args = userName.startsWith("-") ? `${why} -- ${who}` : `${who} ${why}`;
  return `npm run quarantine -- release ${args}`;
}

/** The same without a checkout. The tags come first: a deny that is removed before them is restored. */
function release(outcome: Outcome, user: string, origin: OutcomeOrigin): string[] {
  const { method, done } = outcome;
  const { policyArn } = origin;
  const undo: Readonly<Record<string, readonly string[]>> = {
    "managed-policy": [`  aws iam detach-user-policy ${user} --policy-arn ${policyArn}`],
    "inline-policy": [`  aws iam delete-user-policy ${user} --policy-name ${INLINE_POLICY_NAME}`],
  };
  return [
    `  aws iam tag-user ${user} --tags ${RELEASE_TAGS}`,
    ...(undo[method] ?? []),
    ...restoreBoundary(outcome, user, origin),
    ...undoCommands(done, user).map((command) => `  ${command}`),
  ];
}

const RELEASE_TAGS = [
  [TAG_KEYS.status, TAG_STATUS.released],
  [TAG_KEYS.releasedBy, "YOU"],
  [TAG_KEYS.approvedBy, "WHO"],
  [TAG_KEYS.releaseReason, "WHY"],
  [TAG_KEYS.releasedAt, "NOW"],
]
  .map(([key, value]) => `Key=${key},Value=${value}`)
  .join(" ");

/** Written with `=` if the name begins with a dash, which the CLI would take for an option. */
function userOption(userName: string): string {
  return userName.startsWith("-") ? `--user-name=${userName}` : `--user-name ${userName}`;
}
