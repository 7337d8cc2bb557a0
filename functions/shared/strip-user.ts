import {
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  ListServiceSpecificCredentialsCommand,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListSigningCertificates,
  paginateListSSHPublicKeys,
  paginateListUserPolicies,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../contract";
import { collectPages } from "./collect-pages";
import { hasCode, retryOn, type IamDependencies } from "./iam-errors";
import { listing } from "./text";

/** What may be taken off a user, besides access keys and a console password. */
export interface Removable {
  /** ARN of the quarantine policy, which the responder may attach while the user is being removed. */
  readonly quarantinePolicyArn: string;
  /** ARNs of the policies that the function attaches to its users itself. @default none */
  readonly ownPolicyArns?: readonly string[];
}

/**
 * Removes from a user everything that the simulation, the drill or the responder may have added and that
 * prevents its deletion. The denies are removed last, when the user has no credentials any more.
 * @throws Error, before anything is removed, when the user has anything else: IAM would refuse to delete the
 * user, who would be left without a deny
 */
export async function stripUser(
  userName: string,
  removable: Removable,
  dependencies: IamDependencies,
): Promise<void> {
  const { iam } = dependencies;
  const foreign = await foreignTo(userName, removable, dependencies);
  if (foreign.length > 0) {
    throw new Error(`it has ${listing(foreign)}, which this function gives to nobody: look at it by hand`);
  }
  await deleteAccessKeys(userName, dependencies);
  // A console password that was created seconds ago cannot be deleted yet.
  const deleteLogin = () => iam.send(new DeleteLoginProfileCommand({ UserName: userName }));
  await ignoreMissing(() => retryOn(["EntityTemporarilyUnmodifiable"], deleteLogin, dependencies));
  const { ownPolicyArns = [], quarantinePolicyArn } = removable;
  await detachPolicies(userName, ownPolicyArns, dependencies);
  await ignoreMissing(() => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: userName })));
  await ignoreMissing(() =>
    iam.send(new DeleteUserPolicyCommand({ UserName: userName, PolicyName: INLINE_POLICY_NAME })),
  );
  // Even when unlisted: IAM may not list yet what the responder just attached.
  await detachPolicies(userName, [quarantinePolicyArn], dependencies);
}

/**
 * What prevents the deletion of a user and the function may not remove. Source: IAM API
 * reference, DeleteUser.
 */
async function foreignTo(
  UserName: string,
  { quarantinePolicyArn, ownPolicyArns = [] }: Removable,
  { iam: client }: IamDependencies,
): Promise<readonly string[]> {
  const of = { UserName };
  const removable = [quarantinePolicyArn, ...ownPolicyArns];
  const found = await Promise.all([
    listed(paginateListAttachedUserPolicies({ client }, of), (page) =>
      page.AttachedPolicies?.filter(({ PolicyArn = "" }) => !removable.includes(PolicyArn)).map(
        ({ PolicyArn }) => `the policy ${PolicyArn}`,
      ),
    ),
    listed(paginateListUserPolicies({ client }, of), (page) =>
      page.PolicyNames?.filter((name) => name !== INLINE_POLICY_NAME).map(
        (name) => `the inline policy ${name}`,
      ),
    ),
    listed(paginateListGroupsForUser({ client }, of), (page) =>
      page.Groups?.map(({ GroupName }) => `the group ${GroupName}`),
    ),
    listed(paginateListMFADevices({ client }, of), (page) => page.MFADevices?.map(() => "an MFA device")),
    listed(paginateListSSHPublicKeys({ client }, of), (page) =>
      page.SSHPublicKeys?.map(() => "an SSH public key"),
    ),
    listed(paginateListSigningCertificates({ client }, of), (page) =>
      page.Certificates?.map(() => "a signing certificate"),
    ),
    // The first page says whether there is one.
    ignoreMissing(() => client.send(new ListServiceSpecificCredentialsCommand(of))).then(
      (page) => page?.ServiceSpecificCredentials?.map(() => "a service-specific credential") ?? [],
    ),
  ]);
  return [...new Set(found.flat())];
}

async function detachPolicies(
  UserName: string,
  policyArns: readonly string[],
  { iam }: IamDependencies,
): Promise<void> {
  for (const PolicyArn of policyArns) {
    await ignoreMissing(() => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })));
  }
}

async function deleteAccessKeys(UserName: string, { iam }: IamDependencies): Promise<void> {
  const pages = paginateListAccessKeys({ client: iam }, { UserName });
  for (const { AccessKeyId } of await listed(pages, (page) => page.AccessKeyMetadata)) {
    await ignoreMissing(() => iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })));
  }
}

/** The items of a listing; none when the user is gone. */
async function listed<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  return (await ignoreMissing(() => collectPages(pages, itemsOf))) ?? [];
}

/** Ignores that something does not exist any more. */
async function ignoreMissing<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (hasCode(error, "NoSuchEntity")) {
      return undefined;
    }
    throw error;
  }
}
