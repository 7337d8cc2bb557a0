import {
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  type AttachedPolicy,
  type IAMClient,
} from "@aws-sdk/client-iam";

/** Tags of a user, by key. */
export async function tagsOf(iam: IAMClient, userName: string): Promise<Record<string, string>> {
  const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName: userName }));
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Managed policies attached to a user. */
export async function attachedPoliciesOf(iam: IAMClient, userName: string): Promise<AttachedPolicy[]> {
  const { AttachedPolicies = [] } = await iam.send(
    new ListAttachedUserPoliciesCommand({ UserName: userName }),
  );
  return AttachedPolicies;
}

/** Names of all policies of a user: the attached ones, then the inline ones. */
export async function policiesOf(iam: IAMClient, userName: string): Promise<string[]> {
  const [attached, { PolicyNames = [] }] = await Promise.all([
    attachedPoliciesOf(iam, userName),
    iam.send(new ListUserPoliciesCommand({ UserName: userName })),
  ]);
  return [...attached.map(({ PolicyName = "" }) => PolicyName), ...PolicyNames];
}
