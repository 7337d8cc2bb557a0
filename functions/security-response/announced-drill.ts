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
 * Who gets the mail about a user that the drill of this account created. It counts as the drill's when the
 * role behind the session is exactly the drill's, the path is the drill's, and the tag on the drill's role
 * announces the user's name at this moment. If the response had a failure, everyone gets the mail.
 *
 * @param result What was done about the user. The announcement is read after it, so that it cannot change it.
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
  // Calls and reads that failed and were repeated do not count as a failure.
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
