import { paginateListUserTags, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import { misspeltKeys, type Tag } from "./claim";
import { isConcurrent } from "./iam-error";
import { join, step, type Incident, type StepReport } from "./incident";
import { collect } from "./pages";
import { retry } from "./retry";
import { claimValue, quarantineTags } from "./tag-values";

/** The user's tags; undefined when they cannot be read, with the failure logged. */
export async function readTags(incident: Incident): Promise<readonly Tag[] | undefined> {
  const { creation, deadline, tools } = incident;
  try {
    return await deadline.run((options) =>
      collect(
        paginateListUserTags({ client: tools.iam }, { UserName: creation.userName }, options),
        (page) => page.Tags,
      ),
    );
  } catch (error) {
    tools.log.warn("The tags of the user cannot be read", { error: String(error) });
    return undefined;
  }
}

/**
 * Marks the user as quarantined, and as answered by this request. A key an attacker spelt otherwise is removed first,
 * so that a search for the exact key finds the user.
 * @param present the tags read before
 */
export async function writeTags(
  incident: Incident,
  present: readonly Tag[],
  method: string,
  containedAt: string,
): Promise<StepReport> {
  const misspelt = misspeltKeys(present);
  const untagged = misspelt.length > 0 ? await step("untag", () => removeKeys(incident, misspelt)) : join();
  return join(untagged, await step("tag", () => tagUser(incident, method, containedAt)));
}

async function removeKeys({ creation, deadline, tools }: Incident, keys: string[]): Promise<string[]> {
  const untag = new UntagUserCommand({ UserName: creation.userName, TagKeys: keys });
  const plan = { when: isConcurrent, budget: deadline.remaining() };
  await retry(() => deadline.run((options) => tools.iam.send(untag, options)), plan, tools);
  return [`removed the colliding tags ${keys.join(", ")}`];
}

async function tagUser(incident: Incident, method: string, containedAt: string): Promise<string[]> {
  const { creation, deadline, invocation, reason, tools } = incident;
  const Tags = quarantineTags({
    reason,
    time: containedAt,
    claim: claimValue(creation.eventId, invocation.requestId),
    createdBy: creation.creator.label,
    sourceIp: creation.sourceIp,
    method,
  });
  const tag = new TagUserCommand({ UserName: creation.userName, Tags });
  const plan = { when: isConcurrent, budget: deadline.remaining() };
  await retry(() => deadline.run((options) => tools.iam.send(tag, options)), plan, tools);
  return ["tagged the user"];
}
