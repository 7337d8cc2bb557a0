import { parseArn } from "../../functions/shared/arn";
import { at, listAt, type KeyPath } from "./key-path";

/** A setting that is allowed, but that an attacker could use. */
export interface PathWarning {
  readonly path: KeyPath;
  /** What an attacker could do, and what to write instead. */
  readonly text: string;
}

const WILDCARD = /[*?]/;

/**
 * Trusted creators that an attacker could become, since anyone who may create roles chooses their names. A
 * wildcard for the account counts too: in an account without a role of that name, anyone who may create roles
 * can create it. A wildcard for the session name does not count: only the role before it matters.
 *
 * @param path Of a `trust` that is otherwise right.
 */
export function trustWildcards(raw: unknown, path: KeyPath): PathWarning[] {
  return listAt(raw, [...path, "creators"]).flatMap((_, index) => {
    const { value, path: place } = at(raw, [...path, "creators", index, "arn"]);
    const text = typeof value === "string" ? warningOf(value) : undefined;
    return text === undefined ? [] : [{ path: place, text }];
  });
}

function warningOf(pattern: string): string | undefined {
  const arn = parseArn(pattern);
  const [type = "", ...parts] = arn?.resource.split("/") ?? [];
  const name = (type === "assumed-role" ? parts.slice(0, 1) : parts).join("/");
  const anyAccount = WILDCARD.test(arn?.accountId ?? "");
  const anyName = WILDCARD.test(name);
  if (arn === undefined || !(anyAccount || anyName)) {
    return undefined;
  }
  const kind = type === "user" ? "user" : "role";
  const create = kind === "user" ? "create or rename users" : "create roles";
  const which = anyName ? `every ${kind} whose path and name match ${name}` : `a ${kind} named ${name}`;
  const where = anyAccount ? `in any account that ${arn.accountId} stands for` : `in ${arn.accountId}`;
  const missing = anyAccount && !anyName ? `, and where there is no such ${kind} yet,` : ":";
  const instead = [
    ...(anyName ? [`the exact name of each ${kind}`] : []),
    ...(anyAccount
      ? [
          `the id of the account in place of ${arn.accountId}, in an entry below the trust of each account that has the ${kind}`,
        ]
      : []),
  ];
  return (
    `${pattern} trusts ${which} ${where}${missing} anybody who may ${create} there can make one, ` +
    `and with it users that are never quarantined. Write ${instead.join(" and ")}.`
  );
}
