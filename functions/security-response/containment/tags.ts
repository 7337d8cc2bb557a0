import { paginateListUserTags, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import { TAG_STATUS } from "../../contract";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions } from "../../shared/deadline";
import { retry } from "../../shared/retry";
import { misspeltKeys, tagValue, type Tag } from "./claim";
import { isConcurrent } from "./iam-error";
import { join, step, type Incident, type StepReport } from "./incident";
import { claimValue, quarantineTags, type QuarantineFacts } from "./tag-values";

/** The user's tags; undefined when they cannot be read, with the failure logged. */
export async function readTags(incident: Incident): Promise<readonly Tag[] | undefined> {
  const { creation, deadline, dependencies } = incident;
  try {
    return await deadline.run((options) =>
      collectPages(
        paginateListUserTags({ client: dependencies.iam }, { UserName: creation.userName }, options),
        (page) => page.Tags,
      ),
    );
  } catch (error) {
    dependencies.log.warn("The tags of the user cannot be read", { error: String(error) });
    return undefined;
  }
}

/**
 * Marks the user as quarantined, and as answered by this request. A key an attacker spelt otherwise is
 * removed first, so that a search for the exact key finds the user.
 * @param present the tags read before
 */
export async function writeTags(
  incident: Incident,
  present: readonly Tag[],
  method: string,
  time: string,
): Promise<StepReport> {
  const untagged = await removeMisspelt(incident, present);
  return join(untagged, await tag(incident, quarantineTags(factsOf(incident, method, time))));
}

/** Adds what is missing or wrong in the tags of a user whom another request claims, whose claim stays. */
export async function completeTags(
  incident: Incident,
  present: readonly Tag[],
  method: string,
  time: string,
): Promise<StepReport> {
  const untagged = await removeMisspelt(incident, present);
  const { status, ...others } = factsOf(incident, method, time);
  const missing = quarantineTags(others).filter(({ Key }) => tagValue(present, Key) === "");
  const wrong = quarantineTags({ status, method }).filter(
    ({ Key, Value }) => !missing.some((other) => other.Key === Key) && tagValue(present, Key) !== Value,
  );
  const tags = [...missing, ...wrong];
  return tags.length === 0 ? untagged : join(untagged, await tag(incident, tags));
}

/** Overwrites some of the tags, when the response goes on otherwise than they say. */
export async function correctTags(incident: Incident, facts: Partial<QuarantineFacts>): Promise<StepReport> {
  return tag(incident, quarantineTags(facts));
}

function factsOf({ creation, invocation, reason }: Incident, method: string, time: string): QuarantineFacts {
  return {
    status: TAG_STATUS.quarantined,
    reason,
    time,
    eventId: claimValue(creation.eventId, invocation.requestId),
    createdBy: creation.creator.label,
    sourceIp: creation.sourceIp,
    method,
  };
}

function tag(incident: Incident, Tags: { Key: string; Value: string }[]): Promise<StepReport> {
  const command = new TagUserCommand({ UserName: incident.creation.userName, Tags });
  return step("tag", async () => {
    await patiently(incident, (options) => incident.dependencies.iam.send(command, options));
    return ["tagged the user"];
  });
}

async function removeMisspelt(incident: Incident, present: readonly Tag[]): Promise<StepReport> {
  const keys = misspeltKeys(present);
  if (keys.length === 0) {
    return join();
  }
  const command = new UntagUserCommand({ UserName: incident.creation.userName, TagKeys: keys });
  return step("untag", async () => {
    await patiently(incident, (options) => incident.dependencies.iam.send(command, options));
    return [`removed the colliding tags ${keys.join(", ")}`];
  });
}

/** Writes to the user again for as long as another write is in the way and time is left. */
async function patiently(
  { deadline, dependencies }: Incident,
  write: (options: CallOptions) => Promise<unknown>,
): Promise<void> {
  await retry(() => deadline.run(write), { when: isConcurrent, budget: deadline.remaining() }, dependencies);
}
