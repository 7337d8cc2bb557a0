import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import { readPolicyDocument } from "../exchange/read-response";
import { AwsError } from "../shared/errors";
import type { NamedPolicy } from "./evaluate-policies";

/** Policies, boundary and tags of an IAM user or role. */
export interface IdentityState {
  readonly identityPolicies: readonly NamedPolicy[];
  /** Undefined when there is none. */
  readonly boundary: NamedPolicy | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** An IAM user or role. */
export interface IamIdentity {
  readonly kind: "user" | "role";
  readonly accountId: string;
  readonly name: string;
}

/** The state of an identity that does not exist. */
export const EMPTY_STATE: IdentityState = { identityPolicies: [], boundary: undefined, tags: {} };

interface StoredEntity {
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string };
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Reads the state of an identity from the emulated account. */
export async function readIdentity(moto: MotoClient, identity: IamIdentity): Promise<IdentityState> {
  try {
    return await new IdentityReader(moto, identity.accountId).read(identity);
  } catch (error) {
    if (error instanceof AwsError && error.code === "NoSuchEntity") {
      return EMPTY_STATE;
    }
    throw error;
  }
}

type Kind = "User" | "Role" | "Group";

class IdentityReader {
  private readonly moto: MotoClient;
  private readonly accountId: string;

  constructor(moto: MotoClient, accountId: string) {
    this.moto = moto;
    this.accountId = accountId;
  }

  async read({ kind, name }: IamIdentity): Promise<IdentityState> {
    const type = kind === "user" ? "User" : "Role";
    const [entity, own, groups, tags] = await Promise.all([
      this.get(`Get${type}`, { [`${type}Name`]: name }),
      this.policiesOf(type, name),
      type === "User" ? this.groupsOf(name) : [],
      this.list<Tag>(`List${type}Tags`, { [`${type}Name`]: name }, "Tags"),
    ]);
    const ofGroups = await Promise.all(groups.map((group) => this.policiesOf("Group", group)));
    const boundaryArn = (entity[type] as StoredEntity).PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      identityPolicies: [...own, ...ofGroups.flat()],
      boundary: boundaryArn === undefined ? undefined : await this.managed(boundaryArn),
      tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    };
  }

  private async groupsOf(userName: string): Promise<string[]> {
    const groups = await this.list<{ GroupName: string }>(
      "ListGroupsForUser",
      { UserName: userName },
      "Groups",
    );
    return groups.map(({ GroupName }) => GroupName);
  }

  private async policiesOf(kind: Kind, name: string): Promise<NamedPolicy[]> {
    const params = { [`${kind}Name`]: name };
    const [attached, inline] = await Promise.all([
      this.list<{ PolicyArn: string }>(`ListAttached${kind}Policies`, params, "AttachedPolicies"),
      this.list<string>(`List${kind}Policies`, params, "PolicyNames"),
    ]);
    return Promise.all([
      ...attached.map(({ PolicyArn }) => this.managed(PolicyArn)),
      ...inline.map(async (PolicyName) => {
        const { PolicyDocument } = await this.get(`Get${kind}Policy`, { ...params, PolicyName });
        return { name: PolicyName, policy: readPolicyDocument(PolicyDocument) };
      }),
    ]);
  }

  private async managed(PolicyArn: string): Promise<NamedPolicy> {
    const { Policy } = (await this.get("GetPolicy", { PolicyArn })) as {
      Policy: { DefaultVersionId: string };
    };
    const params = { PolicyArn, VersionId: Policy.DefaultVersionId };
    const { PolicyVersion } = (await this.get("GetPolicyVersion", params)) as {
      PolicyVersion: { Document: unknown };
    };
    return { name: PolicyArn, policy: readPolicyDocument(PolicyVersion.Document) };
  }

  private get(action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.moto(this.accountId, { service: "iam", region: "us-east-1", action, params });
  }

  private list<Item>(action: string, params: Record<string, unknown>, result: string): Promise<Item[]> {
    const call = { service: "iam", region: "us-east-1", action, params };
    return listAll<Item>(this.moto, this.accountId, call, result);
  }
}
