import { z } from "zod";
import { MODES } from "../../functions/contract";
import { NAMES } from "../names";
import type { PathProblem } from "./errors";
import { roleName, text } from "./fields";
import { at, formatPath, listAt, render, valueAt, type KeyPath } from "./key-path";

const organizationalUnit = text(
  /^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$/,
  "the id of an organizational unit such as ou-ab12-11111111",
);

/** The service control policy under which a quarantine cannot be undone, and who is exempt from it. */
export const guardSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .describe(
        "Attach a service control policy under which only the roles below can undo a quarantine or change what this project deployed. Needs `managementAccount` and `breakGlassRoles`.",
      )
      .default(false),
    breakGlassRoles: z
      .array(roleName)
      .describe(
        "Roles that may undo a quarantine, in addition to `deploymentRole`: exact names, with their path if they have one. They must exist in every target account and in the security account. Also used while the guard is off.",
      )
      .default([]),
    exemptRoles: z
      .array(roleName)
      .describe(
        "Further roles that the policy does not bind, written like `breakGlassRoles`. They need as much trust: the responder restores a quarantine that they undo, but they can change the responder.",
      )
      .default([]),
    trails: z
      .array(text(/^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/, "the name of a trail, such as management-events"))
      .describe(
        "Names of trails in the accounts that only these roles may stop or change. An organization trail needs no entry: member accounts cannot change it.",
      )
      .default([]),
    modes: z
      .array(z.enum(MODES, { error: `one of ${MODES.join(", ")}` }))
      .min(1, { error: "at least one mode" })
      .describe("Guards the target accounts of these modes, and the security account.")
      .default(["enforce"]),
    waves: z
      .array(z.string({ error: "one of the waves" }))
      .min(1, { error: "at least one wave" })
      .optional()
      .describe("Guards only the target accounts of these waves. Without it, those of all waves."),
    organizationalUnits: z
      .array(organizationalUnit)
      .min(1, { error: "at least one organizational unit" })
      .optional()
      .describe(
        "Guards all accounts in these organizational units instead of single accounts: ids, which must together hold the target accounts and the security account.",
      ),
  })
  .describe("A service control policy under which a quarantine cannot be undone. See docs/guard.md.");

/**
 * A guard that cannot work: no role that could release a user, no account to deploy it to, roles that cannot
 * exist in the same account.
 */
export function guardProblems(raw: unknown): PathProblem[] {
  return [
    ...missingProblems(raw),
    ...repeatedRoles(raw),
    ...ownRoles(raw),
    ...scopeProblems(raw),
    ...managementAccountProblems(raw),
  ];
}

function missingProblems(raw: unknown): PathProblem[] {
  if (valueAt(raw, ["guard", "enabled"]) !== true) {
    return [];
  }
  const problems: PathProblem[] = [];
  const managementAccount = at(raw, ["managementAccount"]);
  if (managementAccount.value === undefined) {
    problems.push({
      path: managementAccount.path,
      expected: "the account that service control policies are made in, as guard.enabled is true",
      found: "nothing",
      hint: "the organization's management account, or a delegated administrator for service control policies",
    });
  }
  if (listAt(raw, ["guard", "breakGlassRoles"]).length === 0) {
    const { value, path } = at(raw, ["guard", "breakGlassRoles"]);
    problems.push({
      path,
      expected: "at least one role, as guard.enabled is true",
      found: render(value),
      hint: "only these roles and the deployment role can release a user under the guard",
    });
  }
  return problems;
}

/**
 * Names of roles are unique in an account whatever their path and case (IAM guide, "IAM and AWS STS quotas"):
 * two such entries cannot both exist.
 */
function repeatedRoles(raw: unknown): PathProblem[] {
  const first = new Map<string, KeyPath>();
  return rolePlaces(raw).flatMap(({ value, path }) => {
    if (typeof value !== "string") {
      return [];
    }
    const name = value.slice(value.lastIndexOf("/") + 1).toLowerCase();
    const earlier = first.get(name);
    first.set(name, earlier ?? path);
    return earlier === undefined
      ? []
      : [{ path, expected: "a role of its own", found: `${render(value)}, as in ${formatPath(earlier)}` }];
  });
}

/** Names of the roles that this project deploys: a function's role has its name. */
const OWN_ROLES: readonly string[] = [
  ...[NAMES.responder, NAMES.hold, NAMES.sweep, NAMES.drill, NAMES.simulation, NAMES.forwardingRole],
  ...[
    NAMES.notifier,
    NAMES.securityHubNotifier,
    NAMES.chatNotifier,
    NAMES.webhookNotifier,
    NAMES.webhookRole,
  ],
];

/** The guard itself exempts the roles that this project deploys where they need it, and nowhere else. */
function ownRoles(raw: unknown): PathProblem[] {
  // Names of roles are unique in an account whatever their path.
  return rolePlaces(raw)
    .filter(
      ({ value }) => typeof value === "string" && OWN_ROLES.includes(value.slice(value.lastIndexOf("/") + 1)),
    )
    .map(({ value, path }) => ({
      path,
      expected: "a role that this project does not make",
      found: render(value),
    }));
}

function rolePlaces(raw: unknown) {
  const lists = ["breakGlassRoles", "exemptRoles"].flatMap((key) =>
    listAt(raw, ["guard", key]).map((_, index) => at(raw, ["guard", key, index])),
  );
  return [at(raw, ["deploymentRole"]), ...lists];
}

function scopeProblems(raw: unknown): PathProblem[] {
  const waves = listAt(raw, ["waves"]);
  const unknown = listAt(raw, ["guard", "waves"])
    .map((_, index) => at(raw, ["guard", "waves", index]))
    .filter(({ value }) => typeof value === "string" && !waves.includes(value))
    .map(({ value, path }) => ({
      path,
      expected: `one of the waves ${waves.join(", ")}`,
      found: render(value),
    }));
  const units = at(raw, ["guard", "organizationalUnits"]);
  const narrowing = ["modes", "waves"].filter((key) => valueAt(raw, ["guard", key]) !== undefined);
  if (units.value === undefined || narrowing.length === 0) {
    return unknown;
  }
  const expected = `either organizationalUnits or ${narrowing.join(" and ")}`;
  const hint = "a policy that is attached to an organizational unit binds every account in it";
  return [...unknown, { path: units.path, expected, found: "both", hint }];
}

/** The state of a stack is named after its account, so the guard's stack needs an account of its own. */
function managementAccountProblems(raw: unknown): PathProblem[] {
  const { value: id, path } = at(raw, ["managementAccount", "id"]);
  const others = [
    at(raw, ["securityAccount", "id"]),
    ...listAt(raw, ["accounts"]).map((_, index) => at(raw, ["accounts", index, "id"])),
  ];
  const same = typeof id === "string" ? others.find(({ value }) => value === id) : undefined;
  if (same === undefined) {
    return [];
  }
  const expected = "an account that is neither the security account nor a target";
  return [{ path, expected, found: `${render(id)}, as in ${formatPath(same.path)}` }];
}
