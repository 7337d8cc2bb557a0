import {
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListUserPolicies,
} from "@aws-sdk/client-iam";
import { collectPages } from "./collect-pages";
import { hasCode, retryOn, type IamDependencies } from "./iam-errors";

/**
 * Removes from a user everything that the simulation, the drill or the responder may have added and that
 * prevents its deletion. The denies are removed last, when the user has no credentials any more.
 */
export async function stripUser(
  userName: string,
  policyArn: string,
  dependencies: IamDependencies,
): Promise<void> {
  await deleteAccessKeys(userName, dependencies);
  // A console password that was created seconds ago cannot be deleted yet.
  const deleteLogin = () => dependencies.iam.send(new DeleteLoginProfileCommand({ UserName: userName }));
  await ignoreMissing(() => retryOn(["EntityTemporarilyUnmodifiable"], deleteLogin, dependencies));
  await ignoreMissing(() =>
    dependencies.iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: userName })),
  );
  await deleteInlinePolicies(userName, dependencies);
  await detachPolicies(userName, policyArn, dependencies);
}

/**
 * Detaches the quarantine policy even if IAM does not list it: the responder may have attached it just now.
 */
async function detachPolicies(UserName: string, policyArn: string, { iam }: IamDependencies): Promise<void> {
  const pages = paginateListAttachedUserPolicies({ client: iam }, { UserName });
  const attached = await listed(pages, (page) => page.AttachedPolicies);
  for (const PolicyArn of new Set([policyArn, ...attached.flatMap((policy) => policy.PolicyArn ?? [])])) {
    await ignoreMissing(() => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })));
  }
}

async function deleteInlinePolicies(UserName: string, { iam }: IamDependencies): Promise<void> {
  const pages = paginateListUserPolicies({ client: iam }, { UserName });
  for (const PolicyName of await listed(pages, (page) => page.PolicyNames)) {
    await ignoreMissing(() => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })));
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
