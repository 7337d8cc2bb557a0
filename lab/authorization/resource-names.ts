import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { arnParts } from "../exchange/principal";
import { AwsError } from "../shared/errors";
import type { Asked, ResourceNames } from "./permissions/permission";

type EntityKind = "user" | "role" | "group";

const TITLES = { user: "User", role: "Role", group: "Group" } as const;

/** ARNs of what requests name only in short, looked up in the emulated accounts. */
export class LookedUpNames implements ResourceNames {
  readonly organizationId: string;
  private readonly moto: MotoClient;
  private readonly arns = new Map<string, string>();

  constructor(moto: MotoClient, organizationId: string) {
    this.moto = moto;
    this.organizationId = organizationId;
  }

  async iamEntity(kind: EntityKind, accountId: string, name: string): Promise<string> {
    const cacheKey = `${kind} ${accountId} ${name}`;
    const known = this.arns.get(cacheKey);
    if (known !== undefined) {
      return known;
    }
    const title = TITLES[kind];
    const call = {
      service: "iam",
      region: "us-east-1",
      action: `Get${title}`,
      params: { [`${title}Name`]: name },
    };
    const found = await this.moto(accountId, call).catch(noneFound);
    const arn = (found?.[title] as { Arn: string } | undefined)?.Arn;
    if (arn === undefined) {
      return `arn:aws:iam::${accountId}:${kind}/${name}`;
    }
    this.arns.set(cacheKey, arn);
    return arn;
  }

  async key(idOrAlias: string, home: Asked["home"]): Promise<string> {
    if (/:key\//.test(idOrAlias)) {
      return idOrAlias;
    }
    if (!idOrAlias.includes("alias/")) {
      return `arn:aws:kms:${home.region}:${home.accountId}:key/${idOrAlias}`;
    }
    const given = idOrAlias.startsWith("arn:") ? arnParts(idOrAlias) : home;
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

  /** Forgets entities that a request may have made, moved or deleted. */
  readonly observe: Observer = ({ request, accountId }) => {
    const match = /^(Create|Update|Delete)(User|Role|Group)$/.exec(request.action);
    if (request.service !== "iam" || match === null) {
      return;
    }
    const title = match[2] ?? "";
    this.arns.delete(`${title.toLowerCase()} ${accountId} ${String(request.params[`${title}Name`])}`);
  };
}

function noneFound(error: unknown): undefined {
  if (error instanceof AwsError && /NoSuchEntity|NotFound/.test(error.code)) {
    return undefined;
  }
  throw error;
}
