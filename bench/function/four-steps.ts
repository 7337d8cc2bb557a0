import { AttachUserPolicyCommand, GetUserCommand, IAMClient, TagUserCommand } from "@aws-sdk/client-iam";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const iam = new IAMClient({});
const sns = new SNSClient({});

/** What the four steps read of the event. */
export interface CreationEvent {
  readonly detail: {
    readonly eventTime: string;
    readonly userIdentity: { readonly arn: string };
    readonly requestParameters: { readonly userName: string };
  };
}

/**
 * The four steps of the lab as they are usually written, with the SDK's defaults: attach, read, tag, publish.
 */
export async function handler({ detail }: CreationEvent): Promise<void> {
  const { userName: UserName } = detail.requestParameters;
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: process.env["QUARANTINE_POLICY_ARN"] }));
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  const tags = {
    SecurityStatus: "QUARANTINED",
    QuarantineReason: "Created outside of the process",
    QuarantineTime: detail.eventTime,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new TagUserCommand({ UserName, Tags }));
  await sns.send(
    new PublishCommand({
      TopicArn: process.env["ALERT_TOPIC_ARN"],
      Subject: `IAM user quarantined: ${UserName}`,
      Message: `${UserName} (${User?.UserId}) was created by ${detail.userIdentity.arn}`,
    }),
  );
}
