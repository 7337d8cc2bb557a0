import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import { readPolicyDocument } from "../exchange/read-response";
import { AwsError } from "../shared/errors";
import type { NamedPolicy } from "./evaluate-policies";
import type { EntityKind } from "./subjects";

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

/** What IAM stores of a user, role or group. */
export interface Entity {
  readonly arn: string;
  /** For example `AROADBQP57FF2AEXAMPLE`. */
  readonly id: string;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly inline: readonly NamedPolicy[];
  /** Names of a user's groups. */
  readonly groups: readonly string[];
  readonly boundaryArn: string | undefined;
  /** Empty for a group, which has none. */
  readonly tags: Readonly<Record<string, string>>;
  /** A role's trust policy. */
  readonly trustPolicy: unknown;
}

interface StoredEntity {
  readonly Arn: string;
  readonly [id: `${string}Id`]: string;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string };
  readonly AssumeRolePolicyDocument?: unknown;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const TITLES = { user: "User", role: "Role", group: "Group" } as const;

/** Reads what IAM stores of an account. Each read gives undefined for what does not exist. */
export class IamReader {
  private readonly moto: MotoClient;

  constructor(moto: MotoClient) {
    this.moto = moto;
  }

  entity(kind: EntityKind, accountId: string, name: string): Promise<Entity | undefined> {
    return this.readEntity(kind, accountId, name).catch(noneFound);
  }

  /** The default version of a managed policy. */
  policy(accountId: string, arn: string): Promise<NamedPolicy | undefined> {
    return this.readPolicy(accountId, arn).catch(noneFound);
  }

  private async readEntity(kind: EntityKind, accountId: string, name: string): Promise<Entity> {
    const title = TITLES[kind];
    const params = { [`${title}Name`]: name };
    const list = <Item>(action: string, result: string): Promise<Item[]> => {
      const call = { service: "iam", region: "us-east-1", action, params };
      return listAll<Item>(this.moto, accountId, call, result);
    };
    const [stored, attached, inline, groups, tags] = await Promise.all([
      this.get(accountId, `Get${title}`, params),
      list<{ PolicyArn: string }>(`ListAttached${title}Policies`, "AttachedPolicies"),
      list<string>(`List${title}Policies`, "PolicyNames"),
      kind === "user" ? list<{ GroupName: string }>("ListGroupsForUser", "Groups") : [],
      kind === "group" ? [] : list<Tag>(`List${title}Tags`, "Tags"),
    ]);
    const found = stored[title] as StoredEntity;
    const readInline = async (PolicyName: string): Promise<NamedPolicy> => {
      const { PolicyDocument } = await this.get(accountId, `Get${title}Policy`, { ...params, PolicyName });
      return { name: PolicyName, policy: readPolicyDocument(PolicyDocument) };
    };
    return {
      arn: found.Arn,
      id: found[`${title}Id`] ?? "",
      attached: attached.map(({ PolicyArn }) => PolicyArn),
      inline: await Promise.all(inline.map(readInline)),
      groups: groups.map(({ GroupName }) => GroupName),
      boundaryArn: found.PermissionsBoundary?.PermissionsBoundaryArn,
      tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
      trustPolicy: readPolicyDocument(found.AssumeRolePolicyDocument),
    };
  }

  private async readPolicy(accountId: string, PolicyArn: string): Promise<NamedPolicy> {
    const { Policy } = (await this.get(accountId, "GetPolicy", { PolicyArn })) as {
      Policy: { DefaultVersionId: string };
    };
    const params = { PolicyArn, VersionId: Policy.DefaultVersionId };
    const { PolicyVersion } = (await this.get(accountId, "GetPolicyVersion", params)) as {
      PolicyVersion: { Document: unknown };
    };
    return { name: PolicyArn, policy: readPolicyDocument(PolicyVersion.Document) };
  }

  private get(
    accountId: string,
    action: string,
    params: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    return this.moto(accountId, { service: "iam", region: "us-east-1", action, params });
  }
}

function noneFound(error: unknown): undefined {
  if (error instanceof AwsError && error.code === "NoSuchEntity") {
    return undefined;
  }
  throw error;
}
