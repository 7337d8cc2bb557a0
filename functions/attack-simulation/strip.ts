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
import type { Dependencies } from "./dependencies";
import { hasCode, retryOn } from "./iam-errors";

/**
 * Takes off a user all that would keep IAM from deleting it and that the simulation or the responder may have
 * put there.
 */
export async function strip(userName: string, policyArn: string, dependencies: Dependencies): Promise<void> {
  await detachPolicies(userName, policyArn, dependencies);
  await deleteInlinePolicies(userName, dependencies);
  await deleteAccessKeys(userName, dependencies);
  await gone(() => dependencies.iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: userName })));
  // A console password made seconds ago cannot be deleted yet.
  const deleteLogin = () => dependencies.iam.send(new DeleteLoginProfileCommand({ UserName: userName }));
  await gone(() => retryOn(["EntityTemporarilyUnmodifiable"], deleteLogin, dependencies));
}

/** The quarantine is detached unseen too: IAM may not list yet what the responder just attached. */
async function detachPolicies(UserName: string, policyArn: string, { iam }: Dependencies): Promise<void> {
  const arns = new Set([policyArn]);
  await gone(async () => {
    for await (const page of paginateListAttachedUserPolicies({ client: iam }, { UserName })) {
      for (const { PolicyArn } of page.AttachedPolicies ?? []) {
        if (PolicyArn) {
          arns.add(PolicyArn);
        }
      }
    }
  });
  for (const PolicyArn of arns) {
    await gone(() => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })));
  }
}

async function deleteInlinePolicies(UserName: string, { iam }: Dependencies): Promise<void> {
  const names: string[] = [];
  await gone(async () => {
    for await (const page of paginateListUserPolicies({ client: iam }, { UserName })) {
      names.push(...(page.PolicyNames ?? []));
    }
  });
  for (const PolicyName of names) {
    await gone(() => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })));
  }
}

async function deleteAccessKeys(UserName: string, { iam }: Dependencies): Promise<void> {
  const ids: string[] = [];
  await gone(async () => {
    for await (const page of paginateListAccessKeys({ client: iam }, { UserName })) {
      ids.push(...(page.AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []));
    }
  });
  for (const AccessKeyId of ids) {
    await gone(() => iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })));
  }
}

/** What is gone already needs no removing. */
async function gone(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!hasCode(error, "NoSuchEntity")) {
      throw error;
    }
  }
}
