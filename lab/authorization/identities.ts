import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import { identityChange } from "./identity-changes";
import { readIdentity, type HeldPermissions, type Identity } from "./read-identity";

/** What someone holds from a time on. */
interface Version {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly held: Promise<HeldPermissions>;
}

/** What {@link Identities} works with. */
export interface IdentityTools {
  readonly moto: MotoClient;
  readonly clock: Pick<Clock, "now">;
  /** Time from a change to the moment decisions follow it. */
  readonly propagationMs: () => number;
}

/**
 * What users and roles hold, as far as it has spread: IAM is eventually consistent, so for `propagationMs`
 * after a change decisions still follow what was there before.
 */
export class Identities {
  private readonly tools: IdentityTools;
  private readonly versions = new Map<string, Version[]>();

  constructor(tools: IdentityTools) {
    this.tools = tools;
  }

  /** What an identity holds in the eyes of the authorizer, now. */
  held(identity: Identity): Promise<HeldPermissions> {
    const key = keyOf(identity);
    const known = this.versions.get(key);
    if (known === undefined) {
      return this.remember(key, identity);
    }
    const now = this.tools.clock.now().getTime();
    const spread = known.filter(({ from }) => from <= now);
    const current = spread.at(-1);
    if (current === undefined) {
      return this.remember(key, identity);
    }
    this.versions.set(key, [current, ...known.filter(({ from }) => from > now)]);
    return current.held;
  }

  /** Before a change that spreads slowly: makes sure that the old state is known. */
  readonly beforeChange: Guard = async ({ request, accountId }) => {
    const change = identityChange(request);
    if (this.tools.propagationMs() === 0 || change === undefined || change === "everybody") {
      return;
    }
    await this.held({ ...change, accountId });
  };

  /** After a change: forgets what is no longer so, or lets the new state begin later. */
  readonly observe: Observer = async ({ request, accountId }, response) => {
    const change = identityChange(request);
    if (change === undefined || response.status >= 300) {
      return;
    }
    const keys = change === "everybody" ? this.keysOf(accountId) : [keyOf({ ...change, accountId })];
    const delay = this.tools.propagationMs();
    for (const key of keys) {
      if (delay === 0) {
        this.versions.delete(key);
      } else {
        await this.changeLater(key, delay);
      }
    }
  };

  private remember(key: string, identity: Identity): Promise<HeldPermissions> {
    const held = readIdentity(this.tools.moto, identity);
    this.versions.set(key, [{ from: 0, held }]);
    held.catch(() => this.versions.delete(key));
    return held;
  }

  private async changeLater(key: string, delay: number): Promise<void> {
    const known = this.versions.get(key);
    if (known === undefined) {
      return;
    }
    const from = this.tools.clock.now().getTime() + delay;
    const held = readIdentity(this.tools.moto, identityOf(key));
    this.versions.set(key, [...known, { from, held }]);
    await held;
  }

  private keysOf(accountId: string): string[] {
    return [...this.versions.keys()].filter((key) => identityOf(key).accountId === accountId);
  }
}

/** The identity behind a principal; undefined for a root user or a service, who hold no policies. */
export function identityOfPrincipal({ principal }: Pick<Exchange, "principal">): Identity | undefined {
  if (principal.type === "IAMUser") {
    return { kind: "user", accountId: principal.accountId, name: principal.userName };
  }
  if (principal.type === "AssumedRole") {
    return { kind: "role", accountId: principal.accountId, name: principal.roleName };
  }
  return undefined;
}

function keyOf({ kind, accountId, name }: Identity): string {
  return `${kind} ${accountId} ${name}`;
}

function identityOf(key: string): Identity {
  const [kind, accountId = "", name = ""] = key.split(" ");
  return { kind: kind === "role" ? "role" : "user", accountId, name };
}
