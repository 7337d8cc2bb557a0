import { paginateListUserTags, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import { TAG_STATUS } from "../../contract";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions } from "../../shared/deadline";
import { retry } from "../../shared/retry";
import { misspeltKeys, tagValue, type Tag } from "./claim";
import type { Climb } from "./climb";
import { isConcurrent } from "./iam-error";
import { join, step, type Incident, type StepReport } from "./incident";
import type { Rung } from "./rungs";
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
  denial: DenialFacts,
): Promise<StepReport> {
  const untagged = await removeMisspelt(incident, present);
  return join(untagged, await tag(incident, quarantineTags(factsOf(incident, denial))));
}

/** Adds what is missing or wrong in the tags of a user whom another request claims, whose claim stays. */
export async function completeTags(
  incident: Incident,
  present: readonly Tag[],
  denial: DenialFacts,
): Promise<StepReport> {
  const untagged = await removeMisspelt(incident, present);
  const { status, formerBoundary, ...others } = factsOf(incident, denial);
  const missing = quarantineTags(others).filter(({ Key }) => tagValue(present, Key) === "");
  const current = { status, method: denial.method, ...(formerBoundary !== undefined && { formerBoundary }) };
  const wrong = quarantineTags(current).filter(
    ({ Key, Value }) => !missing.some((other) => other.Key === Key) && tagValue(present, Key) !== Value,
  );
  const tags = [...missing, ...wrong];
  return tags.length === 0 ? untagged : join(untagged, await tag(incident, tags));
}

/** Overwrites some of the tags, when the response goes on otherwise than they say. */
export async function correctTags(incident: Incident, facts: Partial<QuarantineFacts>): Promise<StepReport> {
  return tag(incident, quarantineTags(facts));
}

/** The facts that come from how the user was denied. */
export type DenialFacts = Pick<QuarantineFacts, "method" | "time" | "formerBoundary">;

export function denialFacts({ at, formerBoundary }: Climb, { method }: Rung): DenialFacts {
  const time = new Date(at).toISOString();
  return { method, time, ...(formerBoundary !== undefined && { formerBoundary }) };
}

function factsOf({ creation, invocation, reason }: Incident, denial: DenialFacts): QuarantineFacts {
  return {
    status: TAG_STATUS.quarantined,
    reason,
    eventId: claimValue(creation.eventId, invocation.requestId),
    createdBy: creation.creator.label,
    sourceIp: creation.sourceIp,
    ...denial,
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
