import { DRILL_NAME, DRILL_PATH, TAG_STATUS, type TrustedCreator } from "../../functions/contract";
import type { UserCreation } from "../../functions/security-response/event/user-creation";
import { matchesAny } from "../../functions/security-response/verdict/pattern";
import { objectAt, stringAt, type JsonObject } from "../../functions/shared/json";
import { trustProblems, trustSchema } from "../../stacks/config/trust";
import { detailOf } from "./judge";

/** An untrusted creation, with its record. */
export interface Untrusted {
  readonly creation: UserCreation;
  readonly record: JsonObject;
}

/** The creations of one creator that an entry of trust could cover. */
export interface Suggestion {
  readonly kind: "suggested";
  readonly entry: TrustedCreator;
  /** What an attacker could do with the entry. */
  readonly attacker: readonly string[];
  readonly creations: readonly UserCreation[];
}

/** Creations for which no entry is suggested. */
export interface NoSuggestion {
  readonly kind: "not-suggested";
  readonly creator: string;
  readonly why: string;
  readonly instead: string;
  readonly creations: readonly UserCreation[];
}

/**
 * Entries of trust that would cover the quarantined users, as narrow as the records allow: the exact role,
 * the service that called on its behalf, and the paths and names of its users. Only for roles: a stolen key
 * of a user, or a stolen session of a person, is the threat against which this project protects. Pure.
 *
 * @param untrusted Creations of one account.
 * @param mayUndo ARNs of the roles that may undo a quarantine there.
 */
export function suggestTrust(
  untrusted: readonly Untrusted[],
  partition: string,
  mayUndo: readonly string[] = [],
): (Suggestion | NoSuggestion)[] {
  const groups = new Map<string, Untrusted[]>();
  for (const each of untrusted) {
    const { sessionIssuerArn, label, invokedBy } = each.creation.creator;
    const key = JSON.stringify([sessionIssuerArn || label, invokedBy]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()]
    .map((group) => suggest(group, partition, mayUndo))
    .sort((a, b) => b.creations.length - a.creations.length);
}

function suggest(
  group: readonly Untrusted[],
  partition: string,
  mayUndo: readonly string[],
): Suggestion | NoSuggestion {
  const creations = group.map(({ creation }) => creation);
  const [first] = creations;
  const creator = first?.creator;
  const name = creator?.sessionIssuerArn || creator?.label || "unknown";
  const refused = group.flatMap((each) => whyNot(each) ?? [])[0];
  if (refused !== undefined || creator === undefined) {
    return { kind: "not-suggested", creator: name, ...(refused ?? UNKNOWN), creations };
  }
  const entry: TrustedCreator = {
    arn: creator.sessionIssuerArn,
    ...(creator.invokedBy !== "" && { invokedBy: creator.invokedBy }),
    ...narrowed("paths", pathPatterns(creations)),
    ...narrowed("names", namePatterns(creations.map(({ userName }) => userName))),
  };
  if (!isAccepted(entry, partition) || !coversAll(entry, creations)) {
    return { kind: "not-suggested", creator: name, ...NOT_EXPRESSIBLE, creations };
  }
  return {
    kind: "suggested",
    entry,
    attacker: [...attackerLines(entry), ...(mayUndo.includes(entry.arn) ? [POWERFUL] : [])],
    creations,
  };
}

interface Refusal {
  readonly why: string;
  readonly instead: string;
}

const UNKNOWN: Refusal = {
  why: "the caller is no role, so that no entry can name exactly who it was",
  instead: "find out who it was, and release the user by hand where it was meant",
};

const NOT_EXPRESSIBLE: Refusal = {
  why: "no entry that is narrow enough can be written for its ARN and the paths of its users",
  instead: "write an entry by hand, and run replay again to see what it covers",
};

const BY_PIPELINE = "create such users as a role of their own that no person takes on, and trust that role";

/** Why no entry is suggested for a creation; undefined if one may be. */
function whyNot({ creation, record }: Untrusted): Refusal | undefined {
  const { type, sessionIssuerArn } = creation.creator;
  if (type === "Root") {
    return {
      why: "the root user created it, who has no limits: its trust would be everybody's who has its password",
      instead: "create users as a role",
    };
  }
  if (type === "IAMUser") {
    return {
      why: "an IAM user created it, by a long-lived key or a password: who steals it would create users that stay",
      instead: BY_PIPELINE,
    };
  }
  if (type !== "AssumedRole" || sessionIssuerArn === "") {
    return UNKNOWN;
  }
  if (creation.path === DRILL_PATH && sessionIssuerArn.split("/").at(-1) === DRILL_NAME) {
    return {
      why: "the drill created it, to see it quarantined: trusted, every drill would fail",
      instead: "leave it as it is",
    };
  }
  const sign = personIn(record, sessionIssuerArn);
  return sign === undefined
    ? undefined
    : {
        why: `a person used the role (${sign}): who takes over that person's session would create users that stay`,
        instead: BY_PIPELINE,
      };
}

/** What in a record shows that a person acted. A record without such a sign does not prove a machine. */
function personIn(record: JsonObject, roleArn: string): string | undefined {
  const detail = detailOf(record);
  const identity = objectAt(detail, "userIdentity");
  const session = stringAt(identity, "arn")?.split("/").at(-1) ?? "";
  const attributes = objectAt(objectAt(identity, "sessionContext"), "attributes");
  if (/\/AWSReservedSSO_[^/]*$/.test(roleArn)) {
    return "its name is one of Identity Center's permission sets";
  }
  if (isTrue(detail["sessionCredentialFromConsole"])) {
    return "its session came from the console";
  }
  if (isTrue(attributes["mfaAuthenticated"])) {
    return "its session was opened with MFA";
  }
  return session.includes("@") ? `its session is named ${session}` : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

function narrowed(key: "paths" | "names", patterns: readonly string[] | undefined): Partial<TrustedCreator> {
  return patterns === undefined ? {} : { [key]: patterns };
}

/** More patterns than this are too many for people to review. */
const MOST_PATTERNS = 5;

/** A shorter prefix is too general. */
const NAMING_LETTERS = 3;

/** Undefined for paths without a common part. An invalid path is covered by no pattern. */
function pathPatterns(creations: readonly UserCreation[]): string[] | undefined {
  const paths = unique(creations.map(({ path }) => path ?? "unknown"));
  if (paths.length <= MOST_PATTERNS) {
    return paths;
  }
  const common = commonBeginning(paths);
  const folder = common.slice(0, common.lastIndexOf("/") + 1);
  return folder.length > NAMING_LETTERS ? [`${folder}*`] : undefined;
}

/**
 * The pattern for one name is the name. For several, it is their common prefix up to a separator, since the
 * next name will end differently; otherwise their common suffix; otherwise each name.
 */
function namePatterns(names: readonly string[]): string[] | undefined {
  const distinct = unique(names);
  if (distinct.length === 1) {
    return distinct;
  }
  const beginning = /^.*[-_.+=,@]/.exec(commonBeginning(distinct))?.[0] ?? "";
  if (beginning.length > NAMING_LETTERS) {
    return [`${beginning}*`];
  }
  const reversed = commonBeginning(distinct.map(reverse));
  const end = reverse(/^.*[-_.+=,@]/.exec(reversed)?.[0] ?? "");
  if (end.length > NAMING_LETTERS) {
    return [`*${end}`];
  }
  return distinct.length <= MOST_PATTERNS ? distinct : undefined;
}

function commonBeginning(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) {
      length -= 1;
    }
  }
  return first.slice(0, length);
}

function reverse(text: string): string {
  return [...text].reverse().join("");
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Whether the configuration accepts it, and no character in it becomes a wildcard by accident. */
function isAccepted(entry: TrustedCreator, partition: string): boolean {
  const raw = { partition, trust: { creators: [entry] } };
  const isLiteral =
    !/[*?]/.test(entry.arn) && (entry.paths ?? []).every((path) => !/[*?](?!$)|\?$/.test(path));
  return isLiteral && trustSchema.safeParse(raw.trust).success && trustProblems(raw, ["trust"]).length === 0;
}

function coversAll({ paths, names }: TrustedCreator, creations: readonly UserCreation[]): boolean {
  return creations.every(
    ({ path, userName }) =>
      (paths === undefined || (path !== undefined && matchesAny(paths, path))) &&
      (names === undefined || matchesAny(names, userName)),
  );
}

/** The deployment role, or a break-glass role. */
const POWERFUL =
  "That role may also undo a quarantine, and people may use it: create such users with a separate role instead.";

function attackerLines({ arn, invokedBy, paths, names }: TrustedCreator): string[] {
  const named = names === undefined ? "of any name" : `named ${names.join(" or ")}`;
  const where = paths === undefined ? "on any path" : `on the path ${paths.join(" or ")}`;
  const through = invokedBy === undefined ? "" : `, through ${invokedBy}`;
  return [
    `Anyone who gets a session of ${arn}, or may change its trust policy, can create a user ${named} ${where}${through}, with any permissions that the role can give, and the user is never ${TAG_STATUS.quarantined}.`,
    ...(names === undefined
      ? ["Its users' names have nothing in common, so the entry accepts any name."]
      : []),
    ...(paths === undefined
      ? ["Its users' paths have nothing in common, so the entry accepts any path."]
      : []),
  ];
}
