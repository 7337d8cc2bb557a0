import {
  BatchImportFindingsCommand,
  type AwsSecurityFinding,
  type SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import { SEVERITIES, type SecurityHubSettings } from "../../contract";
import { runbookLink } from "../../shared/alert/runbook";
import { formatUserArn, parseUserArn } from "../../shared/arn";
import { errorText } from "../../shared/aws-error";
import { Deadline } from "../../shared/deadline";
import { FunctionError } from "../../shared/errors";
import { cut } from "../../shared/text";
import type { Channel } from "../channel";
import type { Notice, OutcomeNotice } from "../notice";
import type { Settings } from "../settings";
import { briefOf, isPassedOn, userThread } from "./brief";

/** Security Hub did not take a finding. Lambda retries the event. */
export class FindingError extends FunctionError {
  override readonly name = "FindingError";
}

type HubAccount = Pick<Settings, "partition" | "accountId" | "runbookUrl">;

/**
 * AWS Security Hub of the security account: one finding a user. What is about no one user (drills, alarms,
 * health, changes of parts) is no finding: it has no resource whose state a finding could follow.
 */
export function securityHubChannel(
  channel: SecurityHubSettings,
  settings: HubAccount,
  { hub, clock }: { readonly hub: SecurityHubClient; readonly clock: () => number },
): Channel {
  return {
    name: "Security Hub",
    wants: (notice) =>
      isOfUser(notice) && isPassedOn(notice, briefOf(notice, settings.partition), channel.minimumSeverity),
    send: async (notice, invocation) => {
      if (!isOfUser(notice)) {
        return;
      }
      const command = new BatchImportFindingsCommand({
        Findings: [findingOf(notice, channel, settings, clock())],
      });
      const { FailedFindings = [] } = await Deadline.ofInvocation(clock, invocation)
        .run((options) => hub.send(command, options))
        .catch((error: unknown) => {
          throw new FindingError(`The finding was not imported: ${errorText(error)}`, { cause: error });
        });
      const [failed] = FailedFindings;
      if (failed !== undefined) {
        throw new FindingError(`The finding was refused: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
      }
    },
  };
}

function isOfUser(notice: Notice): notice is OutcomeNotice {
  return notice.kind === "outcome" && notice.outcome.userName !== "";
}

/**
 * The finding about the user of an outcome, in the AWS Security Finding Format. Security Hub keeps one
 * finding for each `Id`, and ignores an update whose `UpdatedAt` is not after that of the finding (Security
 * Hub guide, "BatchImportFindings for finding providers"): an outcome that comes late, or again, changes
 * nothing. `Workflow` belongs to those who investigate; with the finding's own account, the default product
 * is `product/ACCOUNT/default` (guide, "Custom product integrations").
 *
 * @param now Milliseconds since the epoch.
 */
export function findingOf(
  notice: OutcomeNotice,
  { productArn }: Pick<SecurityHubSettings, "productArn">,
  { partition, accountId, runbookUrl }: HubAccount,
  now: number,
): AwsSecurityFinding {
  const { sender, outcome } = notice;
  const { severity, status, title, summary, source, section } = briefOf(notice, partition);
  const at = stateTime(notice, now);
  const createdAt = Date.parse(outcome.eventTime);
  const link = runbookLink(section, runbookUrl);
  const { userName, userId } = outcome;
  return {
    SchemaVersion: "2018-10-08",
    Id: `iam-user-quarantine/${userThread(sender, outcome)}`,
    ProductArn: productArn,
    ProductName: "IAM user quarantine",
    GeneratorId: "iam-user-quarantine/security-response",
    AwsAccountId: accountId,
    CreatedAt: new Date(createdAt <= at ? createdAt : at).toISOString(),
    UpdatedAt: new Date(at).toISOString(),
    Title: title,
    Description: cut(`${summary} ${source}`, 1_024),
    FindingProviderFields: {
      Severity: { Label: severity, Original: severity },
      Types: ["TTPs/Persistence"],
    },
    RecordState: status === "RELEASED" ? "ARCHIVED" : "ACTIVE",
    Resources: [
      {
        Type: "AwsIamUser",
        Id: userArnOf(notice, partition),
        Partition: partition as "aws",
        Details: { AwsIamUser: { UserName: userName, ...(userId !== undefined && { UserId: userId }) } },
      },
    ],
    Remediation: {
      Recommendation: {
        Text: `docs/runbook.md, section "${section}"`,
        ...(link !== undefined && { Url: link }),
      },
    },
    ProductFields: fieldsOf(notice),
  };
}

/**
 * When the user was in this state: the event's time, never after now, since the account that sent it can
 * write any and nothing later would count after one in the future. It has seconds; of two outcomes in the
 * same second the worse one counts, by milliseconds that say no more than that.
 */
function stateTime({ sentAt, outcome }: OutcomeNotice, now: number): number {
  const sent = Date.parse(sentAt);
  return Number.isNaN(sent) ? now : Math.min(now, sent + SEVERITIES.indexOf(outcome.severity));
}

/** The user's ARN where it is one of the account that sent it. */
function userArnOf({ sender, outcome }: OutcomeNotice, partition: string): string {
  const { userArn, userName } = outcome;
  const arn = parseUserArn(userArn);
  return arn?.partition === partition && arn.accountId === sender
    ? userArn
    : formatUserArn({ partition, accountId: sender, path: "/", userName });
}

/** Empty values are left out: Security Hub takes none. */
function fieldsOf({ sender, outcome }: OutcomeNotice): Record<string, string> {
  const {
    status,
    accountName,
    createdBy,
    sourceIp,
    userAgent,
    actor = "",
    eventId,
    method,
    version,
  } = outcome;
  const fields = {
    sender,
    status,
    accountName,
    createdBy,
    sourceIp,
    userAgent,
    actor,
    eventId,
    method,
    version,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value.trim() === "" ? [] : [[`iam-user-quarantine/${key}`, value]],
    ),
  );
}
