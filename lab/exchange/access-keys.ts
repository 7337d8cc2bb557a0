import { History, type Propagation } from "../shared/history";
import type { Principal, UserPrincipal } from "./principal";

/** A principal that calls with an access key. */
export type KeyedPrincipal = Exclude<Principal, { type: "AWSService" }>;

interface Entry {
  readonly principal: KeyedPrincipal;
  readonly active: boolean;
}

/** The principal behind each access key that was created in the lab. What IAM changes of a key propagates. */
export class AccessKeys {
  /** Undefined for a deleted key. */
  private readonly entries: History<Entry | undefined>;

  constructor(propagation: Propagation) {
    this.entries = new History(propagation);
  }

  /** Adds a key that works at once: that of a session, or one from before the start. */
  add(principal: KeyedPrincipal): void {
    this.entries.set(principal.accessKeyId, { principal, active: true });
  }

  /** Adds a key that IAM created now. It is unknown until that has propagated. */
  create(principal: UserPrincipal): void {
    this.entries.change(principal.accessKeyId, { principal, active: true });
  }

  /** The caller behind a key; undefined when the key is unknown, inactive or deleted. */
  principalOf(accessKeyId: string): KeyedPrincipal | undefined {
    const entry = this.entries.inForce(accessKeyId);
    return entry?.active === true ? entry.principal : undefined;
  }

  setActive(accessKeyId: string, active: boolean): void {
    const entry = this.entries.latest(accessKeyId);
    if (entry !== undefined) {
      this.entries.change(accessKeyId, { ...entry, active });
    }
  }

  delete(accessKeyId: string): void {
    this.entries.change(accessKeyId, undefined);
  }

  /** Removes every key of a deleted user. */
  deleteUser(accountId: string, userName: string): void {
    for (const { user } of this.keysOf(accountId, userName)) {
      this.delete(user.accessKeyId);
    }
  }

  /** Gives the keys of a renamed or moved user their new owner's name and ARN. */
  renameUser(accountId: string, userName: string, renamed: { userName: string; arn: string }): void {
    for (const { user, active } of this.keysOf(accountId, userName)) {
      this.entries.change(user.accessKeyId, { principal: { ...user, ...renamed }, active });
    }
  }

  private keysOf(accountId: string, userName: string): { user: UserPrincipal; active: boolean }[] {
    return [...this.entries.keys()].flatMap((key) => {
      const { principal, active = false } = this.entries.latest(key) ?? {};
      const isTheirs =
        principal?.type === "IAMUser" && principal.accountId === accountId && principal.userName === userName;
      return isTheirs ? [{ user: principal, active }] : [];
    });
  }
}
