import type { Principal, UserPrincipal } from "./principal";

/** A principal that calls with an access key. */
export type KeyedPrincipal = Exclude<Principal, { type: "AWSService" }>;

interface Entry {
  principal: KeyedPrincipal;
  active: boolean;
}

/** The principal behind each access key that was created in the lab. */
export class AccessKeys {
  private readonly entries = new Map<string, Entry>();

  add(principal: KeyedPrincipal): void {
    this.entries.set(principal.accessKeyId, { principal, active: true });
  }

  /** The caller behind a key; undefined when the key is unknown, inactive or deleted. */
  principalOf(accessKeyId: string): KeyedPrincipal | undefined {
    const entry = this.entries.get(accessKeyId);
    return entry?.active === true ? entry.principal : undefined;
  }

  setActive(accessKeyId: string, active: boolean): void {
    const entry = this.entries.get(accessKeyId);
    if (entry !== undefined) {
      entry.active = active;
    }
  }

  delete(accessKeyId: string): void {
    this.entries.delete(accessKeyId);
  }

  /** Removes every key of a deleted user. */
  deleteUser(accountId: string, userName: string): void {
    for (const user of this.usersNamed(accountId, userName)) {
      this.entries.delete(user.accessKeyId);
    }
  }

  /** Gives the keys of a renamed or moved user their new owner's name and ARN. */
  renameUser(accountId: string, userName: string, renamed: { userName: string; arn: string }): void {
    for (const user of this.usersNamed(accountId, userName)) {
      const entry = this.entries.get(user.accessKeyId);
      if (entry !== undefined) {
        entry.principal = { ...user, ...renamed };
      }
    }
  }

  private usersNamed(accountId: string, userName: string): UserPrincipal[] {
    const principals = [...this.entries.values()].map(({ principal }) => principal);
    return principals.filter(
      (principal): principal is UserPrincipal =>
        principal.type === "IAMUser" && principal.accountId === accountId && principal.userName === userName,
    );
  }
}
