import { readArn, type Home } from "../exchange/arn";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";
import type { ResourceNames } from "./permissions/permission";

type EntityKind = "user" | "role" | "group";

const TITLES = { user: "User", role: "Role", group: "Group" } as const;

interface Entity {
  readonly Arn: string;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string };
}

/** Looks up the ARNs of resources that requests give by name. */
export class LookedUpNames implements ResourceNames {
  readonly organizationId: string;
  private readonly moto: MotoClient;
  private readonly entityArns = new PromiseCache<string | undefined>();

  constructor(moto: MotoClient, organizationId: string) {
    this.moto = moto;
    this.organizationId = organizationId;
  }

  async iamEntity(kind: EntityKind, accountId: string, name: string): Promise<string> {
    const read = () => this.readEntityArn(kind, accountId, name);
    const arn = await this.entityArns.getOrRead(`${kind} ${accountId} ${name}`, read).catch(noneFound);
    return arn ?? `arn:aws:iam::${accountId}:${kind}/${name}`;
  }

  async boundary(kind: "user" | "role", accountId: string, name: string): Promise<string | undefined> {
    const found = await this.readEntity(kind, accountId, name).catch(noneFound);
    return found?.PermissionsBoundary?.PermissionsBoundaryArn;
  }

  async keyOwner(accountId: string, accessKeyId: string): Promise<string | undefined> {
    const params = { AccessKeyId: accessKeyId };
    const call = { service: "iam", region: "us-east-1", action: "GetAccessKeyLastUsed", params };
    const found = await this.moto(accountId, call).catch(noneFound);
    return found?.["UserName"] as string | undefined;
  }

  async key(idOrAlias: string, home: Home): Promise<string> {
    if (/:key\//.test(idOrAlias)) {
      return idOrAlias;
    }
    if (!idOrAlias.includes("alias/")) {
      return `arn:aws:kms:${home.region}:${home.accountId}:key/${idOrAlias}`;
    }
    const given = idOrAlias.startsWith("arn:") ? readArn(idOrAlias) : home;
    const call = {
      service: "kms",
      region: given.region,
      action: "DescribeKey",
      params: { KeyId: idOrAlias },
    };
    const found = await this.moto(given.accountId, call).catch(noneFound);
    const arn = (found?.["KeyMetadata"] as { Arn: string } | undefined)?.Arn;
    return arn ?? `arn:aws:kms:${given.region}:${given.accountId}:key/${idOrAlias.split("alias/")[1] ?? ""}`;
  }

  /** Drops cached entities that a request may have created, moved or deleted. */
  readonly observe: Observer = ({ request, accountId }) => {
    const match = /^(Create|Update|Delete)(User|Role|Group)$/.exec(request.action);
    if (request.service !== "iam" || match === null) {
      return;
    }
    const title = match[2] ?? "";
    this.entityArns.delete(`${title.toLowerCase()} ${accountId} ${String(request.params[`${title}Name`])}`);
  };

  private async readEntityArn(
    kind: EntityKind,
    accountId: string,
    name: string,
  ): Promise<string | undefined> {
    return (await this.readEntity(kind, accountId, name))?.Arn;
  }

  private async readEntity(kind: EntityKind, accountId: string, name: string): Promise<Entity | undefined> {
    const title = TITLES[kind];
    const params = { [`${title}Name`]: name };
    const call = { service: "iam", region: "us-east-1", action: `Get${title}`, params };
    const found = await this.moto(accountId, call);
    return found[title] as Entity | undefined;
  }
}

function noneFound(error: unknown): undefined {
  if (error instanceof AwsError && /NoSuchEntity|NotFound/.test(error.code)) {
    return undefined;
  }
  throw error;
}
