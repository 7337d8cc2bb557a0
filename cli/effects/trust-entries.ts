import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { matchesArn } from "../../functions/security-response/verdict/arn-pattern";
import { matchesAny } from "../../functions/security-response/verdict/pattern";
import { parseJson } from "../parse-json";
import type { Effect } from "./effect";

const patterns = z.array(z.string()).optional();

const entry = z.object({
  /** Absent for users of any creator. */
  arn: z.string().optional(),
  invokedBy: z.string().optional(),
  paths: patterns,
  names: patterns,
  until: z.string().optional(),
});

/** An entry of trust: users of a creator, or of any creator. */
export type TrustEntry = Readonly<z.output<typeof entry>>;

/** As the stacks write it into a function's environment; entries of another version may have more keys. */
const deployedTrust = z.object({ creators: z.array(entry).default([]), users: z.array(entry).default([]) });

/** The entries in the environment of a function; none for any other text. */
export function trustEntries(text: string | undefined): TrustEntry[] {
  const trust = parseJson(deployedTrust, text ?? "");
  return trust === undefined ? [] : [...trust.creators, ...trust.users];
}

/** `users of arn:aws:iam::111122223333:role/onboarding (on /service/*)`. */
export function describeEntry({ arn, invokedBy, paths, names, until }: TrustEntry): string {
  const through = invokedBy === undefined ? "" : ` through ${invokedBy}`;
  const limits = [
    ...(paths === undefined ? [] : [`on ${paths.join(" or ")}`]),
    ...(names === undefined ? [] : [`named ${names.join(" or ")}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ];
  return [
    arn === undefined ? "any creator's users" : `users of ${arn}${through}`,
    ...(limits.length === 0 ? [] : [`(${limits.join(", ")})`]),
  ].join(" ");
}

/**
 * What changes in trust: entries that are added, removed, or get other limits. An entry weakens if it trusts
 * something that no single entry trusted before. Entries are not combined: one that only several older
 * entries cover together counts as wider.
 */
export function trustEffects(before: readonly TrustEntry[], after: readonly TrustEntry[]): Effect[] {
  const gone = before.filter((each) => !after.some((other) => isDeepStrictEqual(each, other)));
  const come = after.filter((each) => !before.some((other) => isDeepStrictEqual(each, other)));
  const added = come.map((each): Effect => {
    const weakens = !before.some((other) => covers(other, each));
    const former = gone.findIndex(
      (other) => other.arn !== undefined && other.arn === each.arn && other.invokedBy === each.invokedBy,
    );
    const [paired] = former < 0 ? [] : gone.splice(former, 1);
    const text = describeEntry(each);
    return paired === undefined
      ? { setting: "trust", kind: "added", after: text, weakens }
      : { setting: "trust", kind: "set", before: describeEntry(paired), after: text, weakens };
  });
  const removed = gone.map((each): Effect => ({
    setting: "trust",
    kind: "removed",
    before: describeEntry(each),
    weakens: false,
  }));
  return [...added, ...removed];
}

/** Whether one entry trusts everything that the other one trusts. The answer is no in case of doubt. */
function covers(wide: TrustEntry, narrow: TrustEntry): boolean {
  return (
    (wide.arn === undefined || (narrow.arn !== undefined && coversArn(wide.arn, narrow.arn))) &&
    (wide.invokedBy === undefined || wide.invokedBy === narrow.invokedBy) &&
    coversPatterns(wide.paths, narrow.paths) &&
    coversPatterns(wide.names, narrow.names) &&
    // Dates such as 2026-12-31 sort as text.
    (wide.until === undefined || (narrow.until !== undefined && narrow.until <= wide.until))
  );
}

/** A pattern is matched like an ARN: a star, and the text that it matches, contain no separator. */
function coversArn(wide: string, narrow: string): boolean {
  return wide === narrow || (!mayMisjudge(wide, narrow) && matchesArn(wide, narrow));
}

function coversPatterns(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  return (
    wide === undefined ||
    (narrow !== undefined &&
      narrow.every(
        (each) =>
          wide.includes(each) ||
          matchesAny(
            wide.filter((other) => !mayMisjudge(other, each)),
            each,
          ),
      ))
  );
}

/** `a?` matches the text `a*`, and not all that `a*` matches. */
function mayMisjudge(wide: string, narrow: string): boolean {
  return wide.includes("?") && narrow.includes("*");
}
