import { DRILL_AUDIENCES, DRILL_TAG, type DrillAudience } from "../contract";
import { USER_NAME } from "./arn";

/** How the drill announces a user before it creates it, in a tag on its own role. */
export interface DrillAnnouncement {
  readonly userName: string;
  readonly audience: DrillAudience;
}

/** A space: allowed in tag values, and not in user names (IAM guide, "Tags for IAM resources"). */
const SEPARATOR = " ";

export function announcementTag({ userName, audience }: DrillAnnouncement): { Key: string; Value: string } {
  return { Key: DRILL_TAG, Value: `${userName}${SEPARATOR}${audience}` };
}

/** Reads the announcement from the tags of the drill's role; undefined without a valid one. */
export function readAnnouncement(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): DrillAnnouncement | undefined {
  const value = tags.find(({ Key }) => Key === DRILL_TAG)?.Value ?? "";
  const [userName = "", said, ...more] = value.split(SEPARATOR);
  const audience = DRILL_AUDIENCES.find((each) => each === said);
  return USER_NAME.test(userName) && audience !== undefined && more.length === 0
    ? { userName, audience }
    : undefined;
}
