import {
  DeleteLoginProfileCommand,
  paginateListAccessKeys,
  UpdateAccessKeyCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { stopped, type CredentialKind } from "../../shared/alert/stopped-credentials";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions } from "../../shared/deadline";
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
  return "failure" in keys ? failing(keys.failure) : deactivate(incident, "access key", keys.ids);
}

type Update = (iam: IAMClient, UserName: string, id: string, options: CallOptions) => Promise<unknown>;

/** IAM has one call for each kind. */
const UPDATES: Readonly<Record<CredentialKind, Update>> = {
  "access key": (iam, UserName, AccessKeyId, options) =>
    iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }), options),
  "SSH public key": (iam, UserName, SSHPublicKeyId, options) =>
    iam.send(new UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Status: "Inactive" }), options),
  "service-specific credential": (iam, UserName, ServiceSpecificCredentialId, options) =>
    iam.send(
      new UpdateServiceSpecificCredentialCommand({
        UserName,
        ServiceSpecificCredentialId,
        Status: "Inactive",
      }),
      options,
    ),
  "signing certificate": (iam, UserName, CertificateId, options) =>
    iam.send(new UpdateSigningCertificateCommand({ UserName, CertificateId, Status: "Inactive" }), options),
};

/** Sets the given credentials of one kind inactive, side by side. */
async function deactivate(
  { creation, deadline, dependencies }: Incident,
  kind: CredentialKind,
  ids: readonly string[],
): Promise<StepReport> {
  const reports = ids.map((id) =>
    step(`deactivate ${kind} ${id}`, async () => {
      await deadline.run((options) => UPDATES[kind](dependencies.iam, creation.userName, id, options));
      return [stopped(kind, id)];
    }),
  );
  return join(...(await Promise.all(reports)));
}

/**
 * Sets inactive what the inventory still shows as active: access keys made while the response ran, or not
 * stopped at first, and credentials of every other kind.
 */
export async function stopRemainingCredentials(
  incident: Incident,
  userState: UserState,
): Promise<{ readonly report: StepReport; readonly userState: UserState }> {
  if (!incident.settings.deactivateAccessKeys) {
    return { report: join(), userState };
  }
  const { accessKeys, sshPublicKeys, serviceCredentials, signingCertificates } = userState;
  const activeKeys = accessKeys?.filter((key) => key.active);
  const report = join(
    ...(await Promise.all([
      deactivate(incident, "access key", idsOf(activeKeys)),
      deactivate(incident, "SSH public key", sshPublicKeys ?? []),
      deactivate(incident, "service-specific credential", idsOf(serviceCredentials)),
      deactivate(incident, "signing certificate", signingCertificates ?? []),
    ])),
  );
  const isStill = (kind: CredentialKind, id: string) => !report.done.includes(stopped(kind, id));
  return {
    report,
    userState: {
      ...userState,
      ...(accessKeys && {
        accessKeys: accessKeys.map((key) => ({
          ...key,
          active: key.active && isStill("access key", key.id),
        })),
      }),
      ...(sshPublicKeys && { sshPublicKeys: sshPublicKeys.filter((id) => isStill("SSH public key", id)) }),
      ...(serviceCredentials && {
        serviceCredentials: serviceCredentials.filter(({ id }) => isStill("service-specific credential", id)),
      }),
      ...(signingCertificates && {
        signingCertificates: signingCertificates.filter((id) => isStill("signing certificate", id)),
      }),
    },
  };
}

function idsOf(items: readonly { readonly id: string }[] = []): string[] {
  return items.map(({ id }) => id);
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
