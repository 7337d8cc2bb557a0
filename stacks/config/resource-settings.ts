import { z } from "zod";
import { QUARANTINE_POLICY_NAME, TAG_KEYS } from "../../functions/contract";
import { PARTITIONS, TAG_KEY_PREFIX } from "../names";
import type { PathProblem } from "./errors";
import { DEFAULT_PARTITION, text } from "./fields";
import { at, render, valueAt } from "./key-path";

/** Tags of everything that is deployed. The configuration can give the key another value. */
export const OWN_TAGS = { ManagedBy: "iam-user-quarantine" } as const;

/**
 * Tags that the configuration may add. A resource has at most 50, of which one is ours and one is what the
 * drill writes on its own role (General Reference, "Tagging AWS resources").
 */
const MAX_TAGS = 48;

/** What every service takes in tags: IAM's set is the smallest (IAM guide, "Rules for tagging in IAM"). */
const TAG_CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+@-]";
const TAG_KEY = new RegExp(`^${TAG_CHARACTERS}{1,128}$`, "u");
const TAG_VALUE = new RegExp(`^${TAG_CHARACTERS}{1,256}$`, "u");

/** `aws:` is AWS's own, in keys and, for some services, in values. */
const RESERVED = /^aws:/i;

const tagValue = z
  .string({ error: "text: put a number, a date, true and false in quotes" })
  .refine((value) => TAG_VALUE.test(value) && !RESERVED.test(value), {
    error: "1 to 256 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
  });

/** A longer one would not leave the patterns of rules enough of their 2,048 characters. */
const MAX_ROLE_PATH = 64;

/** Of what IAM takes, what no policy reads as a wildcard or a variable, and Terraform not as a template. */
const ROLE_PATH = /^\/(?:[\w+=,.@-]+\/)*$/;

/** A customer-managed policy by its name with its path, or a policy that AWS manages by its ARN. */
const BOUNDARY =
  /^(?:(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}|arn:aws(?:-cn|-us-gov)?:iam::aws:policy\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128})$/;

/** What an organization asks of everything that is deployed, by service control policies for example. */
export const resourceSettings = {
  tags: z
    .record(z.string(), tagValue, { error: "keys and values" })
    .describe(
      "Tags of every resource that can have tags, in every account. Each value is text. See docs/organization-policies.md.",
    )
    .optional(),
  rolePath: z
    .string({ error: "text" })
    .refine((value) => ROLE_PATH.test(value) && value.length <= MAX_ROLE_PATH, {
      error: `/, or a path such as /security/ of at most ${MAX_ROLE_PATH} letters, digits and _+=,.@-`,
    })
    .describe(
      "IAM path of every role that is deployed, such as `/security/`. A change of it replaces the roles: see docs/organization-policies.md.",
    )
    .optional(),
  permissionsBoundary: text(
    BOUNDARY,
    "the name of a customer-managed policy with its path, such as security/Boundary, or the ARN of a policy that AWS manages",
  )
    .describe(
      "Permissions boundary of every role that is deployed: a customer-managed policy that exists in every account, by its name with its path, or a policy that AWS manages, by its ARN. See docs/organization-policies.md.",
    )
    .optional(),
};

/** Tags that AWS or this project would not take, and a boundary under which nothing works. */
export function resourceSettingsProblems(raw: unknown): PathProblem[] {
  return [...tagProblems(raw), ...boundaryProblems(raw)];
}

function tagProblems(raw: unknown): PathProblem[] {
  const { value: tags, path } = at(raw, ["tags"]);
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) {
    return [];
  }
  const keys = Object.keys(tags);
  const most = { path, expected: `at most ${MAX_TAGS} tags`, found: String(keys.length) };
  return [
    ...(keys.length > MAX_TAGS ? [most] : []),
    ...keys.flatMap((key, index) => {
      const expected = expectedKey(key, [...Object.keys(OWN_TAGS), ...keys.slice(0, index)]);
      return expected === undefined ? [] : [{ path: [...path, key], expected, found: render(key) }];
    }),
  ];
}

/** @param others Keys that stand before it. IAM takes two that differ in case alone for the same. */
function expectedKey(key: string, others: readonly string[]): string | undefined {
  if (!TAG_KEY.test(key) || RESERVED.test(key)) {
    return "a key of 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:";
  }
  if (isOurs(key)) {
    return `a key that the quarantine does not use on users: not ${TAG_KEYS.status}, and not beginning with ${TAG_KEY_PREFIX}`;
  }
  const same = others.find((other) => other !== key && other.toLowerCase() === key.toLowerCase());
  return same === undefined ? undefined : `a key that differs from ${same} in more than case, as IAM asks`;
}

function isOurs(key: string): boolean {
  const lower = key.toLowerCase();
  return lower === TAG_KEYS.status.toLowerCase() || lower.startsWith(TAG_KEY_PREFIX.toLowerCase());
}

function boundaryProblems(raw: unknown): PathProblem[] {
  const { value, path } = at(raw, ["permissionsBoundary"]);
  if (typeof value !== "string" || !BOUNDARY.test(value)) {
    return [];
  }
  if (value.slice(value.lastIndexOf("/") + 1) === QUARANTINE_POLICY_NAME) {
    return [{ path, expected: "a policy that allows something", found: render(value) }];
  }
  const partition = PARTITIONS.find((each) => each === (valueAt(raw, ["partition"]) ?? DEFAULT_PARTITION));
  const isElsewhere = value.startsWith("arn:") && !value.startsWith(`arn:${partition}:`);
  return partition !== undefined && isElsewhere
    ? [{ path, expected: `a policy of the partition ${partition}`, found: render(value) }]
    : [];
}
