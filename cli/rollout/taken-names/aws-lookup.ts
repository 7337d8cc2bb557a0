import { clientSettings, roleCredentials } from "../../aws/role-session";
import type { NameLookup } from "./check-names";

/**
 * The name of the session under which Terraform's provider assumes the role: a trust policy may require it.
 */
const SESSION_NAME = "iam-user-quarantine";

/**
 * Looks names up in AWS, as the role that Terraform assumes in the account.
 *
 * @param roleArn Undefined where Terraform uses its own credentials.
 */
export async function awsLookup(roleArn: string | undefined, region: string): Promise<NameLookup> {
  // Loaded here, since most runs create nothing.
  const [sns, eventBridge] = await Promise.all([
    import("@aws-sdk/client-sns"),
    import("@aws-sdk/client-eventbridge"),
  ]);
  const settings = clientSettings(region);
  const provider = await roleCredentials({ roleArn, sessionName: SESSION_NAME }, settings);
  // Once for all calls.
  const credentials = await provider();
  const topics = new sns.SNSClient({ ...settings, credentials });
  const rules = new eventBridge.EventBridgeClient({ ...settings, credentials });
  return {
    topicExists: (TopicArn) =>
      unlessMissing("NotFoundException", () => topics.send(new sns.GetTopicAttributesCommand({ TopicArn }))),
    ruleExists: (Name, EventBusName) =>
      unlessMissing("ResourceNotFoundException", () =>
        rules.send(new eventBridge.DescribeRuleCommand({ Name, EventBusName })),
      ),
  };
}

async function unlessMissing(missing: string, look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === missing) {
      return false;
    }
    throw error;
  }
}
