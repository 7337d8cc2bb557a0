import { z } from "zod";
import { parseArn, type Arn } from "../../functions/shared/arn";
import { trustEnd } from "../../functions/shared/trust-end";
import { AccountNames } from "../names";
import type { PathProblem } from "./errors";
import { DEFAULT_PARTITION, text } from "./fields";
import { at, listAt, render, valueAt, type KeyPath } from "./key-path";

/**
 * Pattern of an IAM path or name. No other characters may pass: Terraform would read `${...}` as a template.
 */
const glob = text(/^[\w+=,.@/*?-]{1,512}$/, "letters, digits and _+=,.@-/ with * and ? as wildcards");

/** An IAM role, user or assumed-role session; its account, path and name may contain `*` and `?`. */
const principalArn = text(
  /^arn:aws(?:-cn|-us-gov)?:(?:iam|sts)::(?:[\d*?]{1,12}):(?:role|user|assumed-role)\/[\w+=,.@/*?-]+$/,
  "an ARN or ARN pattern of a role, user or assumed-role session, such as arn:aws:iam::111122223333:role/onboarding",
);

const narrowing = {
  paths: z
    .array(glob)
    .min(1)
    .optional()
    .describe("Only users of these paths, such as `/service/*`. `*` and `?` are wildcards."),
  names: z
    .array(glob)
    .min(1)
    .optional()
    .describe("Only users of these names, such as `ses-smtp-*`. `*` and `?` are wildcards."),
};

const DATE_RULE = { error: "a date such as 2026-12-31" };

const ending = {
  until: z
    .string(DATE_RULE)
    .regex(/^\d{4}-\d{2}-\d{2}$/, DATE_RULE)
    .refine((date) => trustEnd(date) !== undefined, DATE_RULE)
    .optional()
    .describe(
      "The last day on which the entry counts, such as `2026-12-31`. After midnight UTC at its end, by the clock of the responder, the entry trusts nobody. Synthesis refuses an entry that has ended.",
    ),
};

const trustedCreator = z
  .strictObject({
    arn: principalArn.describe(
      "Exact ARN, or pattern, of the role (session issuer) or of the caller. Matched as a whole.",
    ),
    invokedBy: text(/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/, "a service such as ses.amazonaws.com")
      .optional()
      .describe("Only when this AWS service made the call on the creator's behalf."),
    ...narrowing,
    ...ending,
  })
  .describe("A creator whose users are left alone.");

const trustedUsers = z
  .strictObject({
    anyCreator: z
      .literal(true, { error: "true: names and paths alone prove nothing, so this has to be said" })
      .describe(
        "Always `true`: states that every creator of a user of this path or name is trusted. An attacker can choose both, so use this with great care.",
      ),
    ...narrowing,
    ...ending,
  })
  .describe("Users that are left alone, no matter who created them.");

/** Legitimate creations, of the organization or of one account. */
export const trustSchema = z.strictObject({
  creators: z
    .array(trustedCreator)
    .optional()
    .describe("Creators whose users are left alone: those that match one of the entries."),
  users: z
    .array(trustedUsers)
    .optional()
    .describe("Users that are left alone no matter who created them: those that match one of the entries."),
});

type Trust = z.output<typeof trustSchema>;

/** The organization's trust, then the account's own. */
export function mergeTrust(...parts: readonly (Trust | undefined)[]): Required<Trust> {
  return {
    creators: parts.flatMap((part) => part?.creators ?? []),
    users: parts.flatMap((part) => part?.users ?? []),
  };
}

/**
 * The most bytes of trust, and of roles that may undo a quarantine, in the responder's environment: Lambda
 * allows 4 KB for all variables together (Lambda quotas, "Environment variables"), and the others need the
 * rest.
 */
export const MAX_TRUST_BYTES = 3_000;

/** A pattern with fewer letters matches too many names. */
const NAMING_LETTERS = 3;

/** Patterns that match nearly every creator or user, or none at all. */
export function trustProblems(raw: unknown, path: KeyPath): PathProblem[] {
  const partition = valueAt(raw, ["partition"]) ?? DEFAULT_PARTITION;
  const creators = listAt(raw, [...path, "creators"]).flatMap((_, index) => {
    const { value, path: place } = at(raw, [...path, "creators", index, "arn"]);
    // What is no ARN at all is the schema's to report.
    const arn = typeof value === "string" ? parseArn(value) : undefined;
    return arn === undefined ? [] : creatorProblems(arn, render(value), place, partition);
  });
  const users = listAt(raw, [...path, "users"]).flatMap((_, index) =>
    userProblems(raw, [...path, "users", index]),
  );
  return [...creators, ...users];
}

/** Entries that have ended at `now`, in milliseconds since the epoch: what they trusted is quarantined. */
export function endedTrustProblems(raw: unknown, path: KeyPath, now: number): PathProblem[] {
  return ["creators", "users"].flatMap((list) =>
    listAt(raw, [...path, list]).flatMap((_, index) => {
      const { value, path: place } = at(raw, [...path, list, index, "until"]);
      const end = typeof value === "string" ? trustEnd(value) : undefined;
      return end === undefined || end > now
        ? []
        : [
            {
              path: place,
              expected: `today (${new Date(now).toISOString().slice(0, 10)} in UTC) or a later day`,
              found: render(value),
              hint: "the entry has ended and trusts nobody any more: remove it, or renew it after a review",
            },
          ];
    }),
  );
}

function creatorProblems(arn: Arn, found: string, path: KeyPath, partition: unknown): PathProblem[] {
  const [type, ...names] = arn.resource.split("/");
  const problems: PathProblem[] = [];
  if (arn.partition !== partition) {
    problems.push({ path, expected: `an ARN of the partition ${String(partition)}`, found });
  }
  if (type === "assumed-role" && /[*?]/.test(names[0] ?? "")) {
    const hint = "the caller chooses the session name, so only the name of the role proves anything";
    problems.push({ path, expected: "the exact name of the role before the session name", found, hint });
  } else if (!namesSomeone(names.join(""))) {
    const hint = "this one trusts nearly everybody";
    problems.push({ path, expected: "a pattern that names someone", found, hint });
  }
  return problems;
}

function userProblems(raw: unknown, path: KeyPath): PathProblem[] {
  const patterns = ["paths", "names"].flatMap((key) =>
    listAt(raw, [...path, key]).map((_, index) => at(raw, [...path, key, index])),
  );
  if (patterns.length === 0) {
    return [{ path, expected: "paths or names", found: render(valueAt(raw, path)) }];
  }
  return patterns
    .filter(({ value }) => typeof value === "string" && !namesSomeone(value))
    .map(({ value, path: place }) => ({
      path: place,
      expected: "a pattern that names someone",
      found: render(value),
      hint: "this one trusts nearly everybody",
    }));
}

function namesSomeone(pattern: string): boolean {
  return pattern.replace(/[*?/]/g, "").length >= NAMING_LETTERS;
}

/**
 * The trust of an account, the organization's included, that does not fit into the function's environment
 * next to the break-glass roles.
 */
export function trustSizeProblems(raw: unknown, index: number): PathProblem[] {
  const parts = [["trust"], ["accounts", index, "trust"]].map(
    (path) => valueAt(raw, path) as Trust | undefined,
  );
  const bytes = Buffer.byteLength(JSON.stringify(mergeTrust(...parts))) + breakGlassBytes(raw);
  if (bytes <= MAX_TRUST_BYTES) {
    return [];
  }
  return [
    {
      path: ["accounts", index, "trust"],
      expected: `at most ${MAX_TRUST_BYTES} bytes of trust, the organization's and the account's together with guard.breakGlassRoles`,
      found: `${bytes} bytes`,
      hint: "it has to fit into the function's environment: use patterns",
    },
  ];
}

/** Bytes of the break-glass roles in the function's environment, with the longest name of a partition. */
function breakGlassBytes(raw: unknown): number {
  const names = new AccountNames("aws-us-gov", "111122223333");
  return listAt(raw, ["guard", "breakGlassRoles"])
    .map((role) => `${JSON.stringify({ arn: names.roleArn(String(role)) })},`)
    .reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
}
