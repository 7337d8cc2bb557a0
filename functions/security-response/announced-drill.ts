import { paginateListRoleTags } from "@aws-sdk/client-iam";
import { DRILL_PATH, METHODS, type DrillAudience } from "../contract";
import { errorText } from "../shared/aws-error";
import { collectPages } from "../shared/collect-pages";
import { readAnnouncement } from "../shared/drill-announcement";
import { isTampered, type ContainmentResult } from "./containment/containment-result";
import type { Incident } from "./containment/incident";

/** For reading the announcement, in milliseconds: the alert waits for it. */
const READ_MS = 3_000;

/**
 * Who gets the mail about a user whom the drill of this account created: the role behind the session is
 * exactly the drill's, the path is the drill's, and the drill's role announces the user by its name now, in a
 * tag that only IAM can show. A drill that did not go as it should is for people.
 *
 * @param result What was done about the user, which a drill does not change: nothing is read before that.
 * @returns undefined for every other user, and when the announcement cannot be read
 */
export async function audienceOfDrill(
  incident: Incident,
  result: ContainmentResult,
): Promise<DrillAudience | undefined> {
  const { creation, settings } = incident;
  const role = settings.mayUndo.find(({ path }) => path === DRILL_PATH)?.arn;
  if (role === undefined || creation.creator.sessionIssuerArn !== role || creation.path !== DRILL_PATH) {
    return undefined;
  }
  const announced = await readAnnounced(role, incident);
  if (announced?.userName !== creation.userName) {
    return undefined;
  }
  // A call that failed and was repeated, or a reading that did, is no failed drill.
  const isFlawless = result.status === "QUARANTINED" && result.method === METHODS[0] && !isTampered(result);
  return isFlawless ? announced.audience : "people";
}

async function readAnnounced(roleArn: string, { dependencies, deadline }: Incident) {
  const { iam, log } = dependencies;
  const RoleName = roleArn.split("/").at(-1);
  try {
    const tags = await deadline
      .within(READ_MS)
      .run((options) =>
        collectPages(paginateListRoleTags({ client: iam }, { RoleName }, options), (page) => page.Tags),
      );
    return readAnnouncement(tags);
  } catch (error) {
    log.warn("The announcement of a drill cannot be read: the user counts as any other", {
      error: errorText(error),
    });
    return undefined;
  }
}
