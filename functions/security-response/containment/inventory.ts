import {
  GetLoginProfileCommand,
  GetUserCommand,
  ListServiceSpecificCredentialsCommand,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListSigningCertificates,
  paginateListSSHPublicKeys,
  paginateListUserPolicies,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions } from "../../shared/deadline";
import { isMissingUser, isNoSuchEntity } from "./iam-error";
import { failure, type Incident, type StepFailure } from "./incident";
import type { UserState, Inventory } from "./user-state";

/**
 * Longest time for the inventory, in milliseconds: people would rather hear of the user now, with a listing
 * that could not be checked, than of everything when IAM has recovered.
 */
export const INVENTORY_MS = 8_000;
/** With little time left, the inventory leaves some for proving the deny. */
const SHARE_OF_TIME = 0.5;

/**
 * Reads what the user holds, all listings side by side. What cannot be read is reported and left out, never
 * taken for none.
 */
export async function takeInventory({
  creation,
  deadline: whole,
  dependencies,
}: Incident): Promise<Inventory> {
  const deadline = whole.share(SHARE_OF_TIME).within(INVENTORY_MS);
  const failed: StepFailure[] = [];
  let userId: string | undefined;
  const reads: [string, (options: CallOptions) => Promise<unknown>][] = Object.entries({
    ...readers(dependencies.iam, creation.userName),
    boundary: async (options: CallOptions) => {
      const { User } = await dependencies.iam.send(
        new GetUserCommand({ UserName: creation.userName }),
        options,
      );
      userId = User?.UserId;
      return User?.PermissionsBoundary?.PermissionsBoundaryArn ?? "";
    },
  });
  const entries = await Promise.all(
    reads.map(async ([name, read]) => {
      try {
        return [name, await deadline.run(read)] as const;
      } catch (error) {
        failed.push(failure(`inventory of ${name}`, error));
        return [name, undefined] as const;
      }
    }),
  );
  const userState: UserState = Object.fromEntries(entries);
  return { userState, failed, userId };
}

type Readers = {
  readonly [K in Exclude<keyof UserState, "boundary">]: (o: CallOptions) => Promise<Required<UserState>[K]>;
};

function readers(client: IAMClient, UserName: string): Readers {
  const user = { UserName };
  return {
    accessKeys: async (o) => {
      const keys = await collectPages(
        paginateListAccessKeys({ client }, user, o),
        (p) => p.AccessKeyMetadata,
      );
      return keys.map((key) => ({ id: key.AccessKeyId ?? "unknown", active: key.Status !== "Inactive" }));
    },
    consolePassword: (o) => hasLoginProfile(client, UserName, o),
    sshPublicKeys: async (o) => {
      const keys = await collectPages(paginateListSSHPublicKeys({ client }, user, o), (p) => p.SSHPublicKeys);
      return ids(keys.filter(isActive), (key) => key.SSHPublicKeyId);
    },
    serviceCredentials: (o) => activeServiceCredentials(client, UserName, o),
    signingCertificates: async (o) => {
      const all = await collectPages(
        paginateListSigningCertificates({ client }, user, o),
        (p) => p.Certificates,
      );
      return ids(all.filter(isActive), (certificate) => certificate.CertificateId);
    },
    mfaDevices: async (o) =>
      ids(
        await collectPages(paginateListMFADevices({ client }, user, o), (p) => p.MFADevices),
        (d) => d.SerialNumber,
      ),
    groups: async (o) =>
      ids(
        await collectPages(paginateListGroupsForUser({ client }, user, o), (p) => p.Groups),
        (g) => g.GroupName,
      ),
    attachedPolicies: async (o) => {
      const all = await collectPages(
        paginateListAttachedUserPolicies({ client }, user, o),
        (p) => p.AttachedPolicies,
      );
      return all.map(({ PolicyName = "unknown", PolicyArn = "" }) => ({ name: PolicyName, arn: PolicyArn }));
    },
    inlinePolicies: (o) => collectPages(paginateListUserPolicies({ client }, user, o), (p) => p.PolicyNames),
  };
}

async function hasLoginProfile(iam: IAMClient, UserName: string, options: CallOptions): Promise<boolean> {
  try {
    await iam.send(new GetLoginProfileCommand({ UserName }), options);
    return true;
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) {
      return false;
    }
    throw error;
  }
}

/** The SDK has no paginator for this listing, though it is paginated. */
async function activeServiceCredentials(
  iam: IAMClient,
  UserName: string,
  options: CallOptions,
): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(new ListServiceSpecificCredentialsCommand({ UserName, Marker }), options);
    const active = (page.ServiceSpecificCredentials ?? []).filter(isActive);
    found.push(
      ...active.map((c) => ({
        id: c.ServiceSpecificCredentialId ?? "unknown",
        name: `${c.ServiceName ?? "unknown service"} ${c.ServiceUserName ?? ""}`.trim(),
      })),
    );
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return found;
}

function isActive({ Status }: { readonly Status?: string | undefined }): boolean {
  return Status !== "Inactive" && Status !== "Expired";
}

function ids<T>(items: readonly T[], id: (item: T) => string | undefined): string[] {
  return items.map((item) => id(item) ?? "unknown");
}
