import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import { identityChange } from "./identity-changes";
import { readIdentity, type IdentityState, type IamIdentity } from "./read-identity";

/** The state of an identity from a time on. */
interface Version {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly state: Promise<IdentityState>;
}

/** What {@link Identities} works with. */
export interface IdentityDependencies {
  readonly moto: MotoClient;
  readonly clock: Pick<Clock, "now">;
  /** How long after a change of policies the old ones still apply. */
  readonly propagationMs: () => number;
}

/**
 * Policies and tags of users and roles. IAM is eventually consistent: for `propagationMs` after a change the
 * old ones still apply.
 */
export class Identities {
  private readonly dependencies: IdentityDependencies;
  private readonly versions = new Map<string, Version[]>();

  constructor(dependencies: IdentityDependencies) {
    this.dependencies = dependencies;
  }

  /** The state of an identity that applies now. */
  stateOf(identity: IamIdentity): Promise<IdentityState> {
    const key = keyOf(identity);
    const known = this.versions.get(key);
    if (known === undefined) {
      return this.remember(key, identity);
    }
    const now = this.dependencies.clock.now().getTime();
    const propagated = known.filter(({ from }) => from <= now);
    const current = propagated.at(-1);
    if (current === undefined) {
      return this.remember(key, identity);
    }
    this.versions.set(key, [current, ...known.filter(({ from }) => from > now)]);
    return current.state;
  }

  /** Reads the state before a change, which applies until the change has propagated. */
  readonly beforeChange: Guard = async ({ request, accountId }) => {
    const change = identityChange(request);
    if (this.dependencies.propagationMs() === 0 || change === undefined || change === "everybody") {
      return;
    }
    await this.stateOf({ ...change, accountId });
  };

  /** After a change: drops the old state, or lets the new one begin later. */
  readonly observe: Observer = async ({ request, accountId }, response) => {
    const change = identityChange(request);
    if (change === undefined || response.status >= 300) {
      return;
    }
    const keys = change === "everybody" ? this.keysOf(accountId) : [keyOf({ ...change, accountId })];
    const delay = this.dependencies.propagationMs();
    for (const key of keys) {
      if (delay === 0) {
        this.versions.delete(key);
      } else {
        await this.changeLater(key, delay);
      }
    }
  };

  private remember(key: string, identity: IamIdentity): Promise<IdentityState> {
    const state = readIdentity(this.dependencies.moto, identity);
    this.versions.set(key, [{ from: 0, state }]);
    state.catch(() => this.versions.delete(key));
    return state;
  }

  private async changeLater(key: string, delay: number): Promise<void> {
    const known = this.versions.get(key);
    if (known === undefined) {
      return;
    }
    const from = this.dependencies.clock.now().getTime() + delay;
    const state = readIdentity(this.dependencies.moto, identityOf(key));
    this.versions.set(key, [...known, { from, state }]);
    await state;
  }

  private keysOf(accountId: string): string[] {
    return [...this.versions.keys()].filter((key) => identityOf(key).accountId === accountId);
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

function keyOf({ kind, accountId, name }: IamIdentity): string {
  return `${kind} ${accountId} ${name}`;
}

function identityOf(key: string): IamIdentity {
  const [kind, accountId = "", name = ""] = key.split(" ");
  return { kind: kind === "role" ? "role" : "user", accountId, name };
}
