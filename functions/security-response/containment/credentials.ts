import {
  DeleteLoginProfileCommand,
  paginateListAccessKeys,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { collectPages } from "../../shared/collect-pages";
import { retry } from "../../shared/retry";
import { isMissingUser, isNoSuchEntity, isTemporarilyUnmodifiable } from "./iam-error";
import { failing, failure, join, step, type Incident, type StepFailure, type StepReport } from "./incident";
import type { UserState } from "./user-state";

/** The ids of the user's active access keys, or why they could not be listed. */
export type ActiveKeys = { readonly ids: readonly string[] } | { readonly failure: StepFailure };

/**
 * Lists the active access keys that {@link stopAccessKeys} is to stop: none when the settings leave keys
 * alone.
 */
export async function listActiveKeys({
  creation,
  deadline,
  settings,
  dependencies,
}: Incident): Promise<ActiveKeys> {
  if (!settings.deactivateAccessKeys) {
    return { ids: [] };
  }
  try {
    const keys = await deadline.run((options) =>
      collectPages(
        paginateListAccessKeys({ client: dependencies.iam }, { UserName: creation.userName }, options),
        (page) => page.AccessKeyMetadata,
      ),
    );
    const active = keys.filter(({ Status }) => Status !== "Inactive");
    return { ids: active.flatMap(({ AccessKeyId }) => AccessKeyId ?? []) };
  } catch (error) {
    return { failure: failure("list access keys", error) };
  }
}

/** Sets the access keys inactive that were listed before. */
export async function stopAccessKeys(incident: Incident, keys: ActiveKeys): Promise<StepReport> {
  return "failure" in keys ? failing(keys.failure) : deactivate(incident, keys.ids);
}

/** Sets the given access keys inactive, side by side. */
async function deactivate(incident: Incident, keys: readonly string[]): Promise<StepReport> {
  const { creation, deadline, dependencies } = incident;
  const reports = keys.map((AccessKeyId) =>
    step(`deactivate access key ${AccessKeyId}`, async () => {
      const user = { UserName: creation.userName, AccessKeyId };
      const update = new UpdateAccessKeyCommand({ ...user, Status: "Inactive" });
      await deadline.run((options) => dependencies.iam.send(update, options));
      return [stopped(AccessKeyId)];
    }),
  );
  return join(...(await Promise.all(reports)));
}

function stopped(accessKeyId: string): string {
  return `set access key ${accessKeyId} inactive`;
}

/**
 * Sets inactive what the inventory still shows as active: keys made while the response ran, or not stopped at
 * first.
 */
export async function stopRemainingKeys(
  incident: Incident,
  userState: UserState,
): Promise<{ readonly report: StepReport; readonly userState: UserState }> {
  const keys = userState.accessKeys;
  if (!incident.settings.deactivateAccessKeys || !keys) {
    return { report: join(), userState };
  }
  const activeIds = keys.filter((key) => key.active).map(({ id }) => id);
  const report = await deactivate(incident, activeIds);
  const isStill = ({ id, active }: { id: string; active: boolean }) =>
    active && !report.done.includes(stopped(id));
  return {
    report,
    userState: { ...userState, accessKeys: keys.map((key) => ({ ...key, active: isStill(key) })) },
  };
}

/** Removes the console password, if the settings say so. Having none is no failure. */
export async function removeLoginProfile(incident: Incident): Promise<StepReport> {
  if (!incident.settings.deleteLoginProfile) {
    return { done: [], failed: [] };
  }
  return step("delete console password", () => deleteLoginProfile(incident));
}

async function deleteLoginProfile({ creation, deadline, dependencies }: Incident): Promise<string[]> {
  const remove = new DeleteLoginProfileCommand({ UserName: creation.userName });
  const plan = { when: isTemporarilyUnmodifiable, budget: deadline.remaining() };
  try {
    await retry(() => deadline.run((options) => dependencies.iam.send(remove, options)), plan, dependencies);
    return ["deleted the console password"];
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) {
      return [];
    }
    throw error;
  }
}
