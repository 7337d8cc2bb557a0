import {
  DeleteLoginProfileCommand,
  paginateListAccessKeys,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import type { Holdings } from "./holdings";
import { isMissingUser, isNoSuchEntity, isTemporarilyUnmodifiable } from "./iam-error";
import { failure, join, step, type Incident, type StepReport } from "./incident";
import { collect } from "./pages";
import { retry } from "./retry";

/** Sets every active access key of the user inactive, if the settings say so. */
export async function stopAccessKeys(incident: Incident): Promise<StepReport> {
  if (!incident.settings.deactivateAccessKeys) return { done: [], failed: [] };
  let active: string[];
  try {
    active = await activeKeys(incident);
  } catch (error) {
    return { done: [], failed: [failure("list access keys", error)] };
  }
  return deactivate(incident, active);
}

async function activeKeys({ creation, deadline, tools }: Incident): Promise<string[]> {
  const keys = await deadline.run((options) =>
    collect(
      paginateListAccessKeys({ client: tools.iam }, { UserName: creation.userName }, options),
      (page) => page.AccessKeyMetadata,
    ),
  );
  return keys.flatMap(({ AccessKeyId, Status }) =>
    AccessKeyId && Status !== "Inactive" ? [AccessKeyId] : [],
  );
}

/** Sets the given access keys inactive, side by side. */
async function deactivate(incident: Incident, keys: readonly string[]): Promise<StepReport> {
  const { creation, deadline, tools } = incident;
  const reports = keys.map((AccessKeyId) =>
    step(`deactivate access key ${AccessKeyId}`, async () => {
      const user = { UserName: creation.userName, AccessKeyId };
      const update = new UpdateAccessKeyCommand({ ...user, Status: "Inactive" });
      await deadline.run((options) => tools.iam.send(update, options));
      return [stopped(AccessKeyId)];
    }),
  );
  return join(...(await Promise.all(reports)));
}

function stopped(accessKeyId: string): string {
  return `set access key ${accessKeyId} inactive`;
}

/** Sets inactive what the inventory still shows as active: keys made while the response ran, or not stopped at first. */
export async function stopRemainingKeys(
  incident: Incident,
  holdings: Holdings,
): Promise<{ readonly report: StepReport; readonly holdings: Holdings }> {
  const keys = holdings.accessKeys;
  if (!incident.settings.deactivateAccessKeys || !keys) return { report: join(), holdings };
  const active = keys.filter((key) => key.active).map(({ id }) => id);
  const report = await deactivate(incident, active);
  const isStill = ({ id, active }: { id: string; active: boolean }) =>
    active && !report.done.includes(stopped(id));
  return {
    report,
    holdings: { ...holdings, accessKeys: keys.map((key) => ({ ...key, active: isStill(key) })) },
  };
}

/** Removes the console password, if the settings say so. Having none is no failure. */
export async function removeLoginProfile(incident: Incident): Promise<StepReport> {
  if (!incident.settings.deleteLoginProfile) return { done: [], failed: [] };
  return step("delete console password", () => deleteLoginProfile(incident));
}

async function deleteLoginProfile({ creation, deadline, tools }: Incident): Promise<string[]> {
  const remove = new DeleteLoginProfileCommand({ UserName: creation.userName });
  const plan = { when: isTemporarilyUnmodifiable, budget: deadline.remaining() };
  try {
    await retry(() => deadline.run((options) => tools.iam.send(remove, options)), plan, tools);
    return ["deleted the console password"];
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) return [];
    throw error;
  }
}
