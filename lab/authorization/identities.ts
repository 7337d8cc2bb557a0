import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import { History, type Propagation } from "../shared/history";
import type { NamedPolicy } from "./evaluate-policies";
import type { ResourceNames } from "./permissions/permission";
import { permissionsOf } from "./permissions/permissions-of";
import { EMPTY_STATE, IamReader, type Entity, type IamIdentity, type IdentityState } from "./read-identity";
import { resourceTags } from "./resource-tags";
import { changedSubjects, mayChangeTags, renamedSubject, type EntityKind, type Subject } from "./subjects";

/** Finds the role that AssumeRole finds: a deleted one until its deletion has propagated. */
export type RoleFinder = (accountId: string, name: string) => Promise<Pick<Entity, "arn" | "id"> | undefined>;

/** What {@link Identities} works with. */
export interface IdentityDependencies {
  readonly moto: MotoClient;
  readonly names: ResourceNames;
  readonly propagation: Propagation;
}

/**
 * What IAM's policies and tags are for authorization: each subject as it was `propagationMs` ago. A subject
 * is read when it is first needed, and again before and after each of its changes.
 */
export class Identities {
  private readonly moto: MotoClient;
  private readonly names: ResourceNames;
  private readonly reader: IamReader;
  /** What {@link read} gave, by the JSON of the subject. */
  private readonly history: History<Promise<unknown>>;

  constructor({ moto, names, propagation }: IdentityDependencies) {
    this.moto = moto;
    this.names = names;
    this.reader = new IamReader(moto);
    this.history = new History(propagation);
  }

  /** The policies and tags of an identity that are in force. */
  async stateOf({ kind, accountId, name }: IamIdentity): Promise<IdentityState> {
    const entity = await this.entity(kind, accountId, name);
    if (entity === undefined) {
      return EMPTY_STATE;
    }
    const groups = await Promise.all(entity.groups.map((group) => this.entity("group", accountId, group)));
    const owners = [entity, ...groups.filter((group) => group !== undefined)];
    const policies = owners.map(async ({ attached, inline }) => {
      const managed = await Promise.all(attached.map((arn) => this.policy(accountId, arn)));
      return [...managed.filter((policy) => policy !== undefined), ...inline];
    });
    const { boundaryArn, tags } = entity;
    return {
      identityPolicies: (await Promise.all(policies)).flat(),
      boundary: boundaryArn === undefined ? undefined : await this.policy(accountId, boundaryArn),
      tags,
    };
  }

  /** The role that is in force, with its trust policy; undefined when there is none. */
  role(accountId: string, name: string): Promise<Entity | undefined> {
    return this.entity("role", accountId, name);
  }

  /** The tags of a resource that are in force, as {@link resourceTags} gives them. */
  tagsOf(arn: string): Promise<Record<string, string>> {
    return this.inForce({ kind: "tags", arn }) as Promise<Record<string, string>>;
  }

  /** Reads what a request is about to change: it stays in force until the change has propagated. */
  readonly beforeChange: Guard = async (exchange) => {
    if (this.history.isDelayed) {
      const renamed = renamedSubject(exchange.request, exchange.accountId);
      const subjects = [...(await this.subjectsOf(exchange)), ...renamed];
      await Promise.all(subjects.map((subject) => this.inForce(subject)));
    }
  };

  /** After a change: drops what was read, or lets what is read now come into force later. */
  readonly observe: Observer = async (exchange, response) => {
    if (response.status >= 300) {
      return;
    }
    const subjects = await this.subjectsOf(exchange);
    if (!this.history.isDelayed) {
      subjects.forEach((subject) => this.history.forget(JSON.stringify(subject)));
      return;
    }
    const reads = subjects.map((subject) => {
      const key = JSON.stringify(subject);
      return this.remember(key, subject, (value) => this.history.change(key, value));
    });
    await Promise.all(reads);
  };

  private entity(kind: EntityKind, accountId: string, name: string): Promise<Entity | undefined> {
    return this.inForce({ kind, accountId, name }) as Promise<Entity | undefined>;
  }

  private policy(accountId: string, arn: string): Promise<NamedPolicy | undefined> {
    return this.inForce({ kind: "policy", accountId, arn }) as Promise<NamedPolicy | undefined>;
  }

  private inForce(subject: Subject): Promise<unknown> {
    const key = JSON.stringify(subject);
    const known = this.history.inForce(key);
    return known ?? this.remember(key, subject, (value) => this.history.set(key, value));
  }

  private remember(key: string, subject: Subject, keep: (value: Promise<unknown>) => void): Promise<unknown> {
    const value = this.read(subject);
    keep(value);
    value.catch(() => this.history.forget(key));
    return value;
  }

  private read(subject: Subject): Promise<unknown> {
    switch (subject.kind) {
      case "policy":
        return this.reader.policy(subject.accountId, subject.arn);
      case "tags":
        return resourceTags(this.moto, subject.arn);
      case "user":
      case "role":
      case "group":
        return this.reader.entity(subject.kind, subject.accountId, subject.name);
    }
  }

  private async subjectsOf(exchange: Exchange): Promise<Subject[]> {
    const { request, accountId } = exchange;
    const renamesGroup = request.service === "iam" && request.action === "UpdateGroup";
    return [
      ...changedSubjects(request, accountId),
      ...(renamesGroup ? this.knownUsers(accountId) : []),
      ...(mayChangeTags(request) ? await this.taggedBy(exchange) : []),
    ];
  }

  /** The users of an account that were read: they name their groups. */
  private knownUsers(accountId: string): Subject[] {
    const known = [...this.history.keys()].map((key) => JSON.parse(key) as Subject);
    return known.filter((subject) => subject.kind === "user" && subject.accountId === accountId);
  }

  /** The resources that a request names, whose tags it may change. */
  private async taggedBy(exchange: Exchange): Promise<Subject[]> {
    const permissions = await permissionsOf(exchange, this.names);
    const { NewUserName, ResourceARNList } = exchange.request.params;
    const listed = Array.isArray(ResourceARNList) ? ResourceARNList.map(String) : [];
    const arns = [...permissions.map(({ resourceArn }) => resourceArn), ...listed];
    const renamed =
      typeof NewUserName === "string" ? arns.map((arn) => arn.replace(/[^/]+$/, NewUserName)) : [];
    return [...new Set([...arns, ...renamed])]
      .filter((arn) => !arn.includes("*"))
      .map((arn) => ({ kind: "tags", arn }));
  }
}

/** The identity of a principal; undefined for a root user or a service, which have no policies. */
export function identityOfPrincipal({ principal }: Pick<Exchange, "principal">): IamIdentity | undefined {
  if (principal.type === "IAMUser") {
    return { kind: "user", accountId: principal.accountId, name: principal.userName };
  }
  if (principal.type === "AssumedRole") {
    return { kind: "role", accountId: principal.accountId, name: principal.roleName };
  }
  return undefined;
}
