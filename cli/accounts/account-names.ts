/** Longest name that the configuration's schema allows. */
const MAX_LENGTH = 50;
/** Digits at the end of an account id that tell accounts of one name apart. */
const ID_DIGITS = 4;

/** The form of an account id, which no name may have. */
const LIKE_AN_ID = /^\d{12}$/;

/** The account that a name is derived from. */
export interface NamedAccount {
  /** 12 digits. */
  readonly id: string;
  /** Free text, as in Organizations. */
  readonly name: string;
}

/**
 * Unique names for new accounts, by id: lower-case letters, digits and hyphens. Accounts that would share a
 * name with each other or with a taken one all get the end of their id as a suffix, so that their order does
 * not matter; if that is not unique either, the whole id. So does an account whose name looks like an id.
 */
export function accountNames(
  accounts: readonly NamedAccount[],
  taken: readonly string[],
): ReadonlyMap<string, string> {
  const plain = accounts.map(({ id, name }) => ({ id, base: slug(name), name: slug(name) }));
  const short = ownNames(plain, taken, (id) => id.slice(-ID_DIGITS));
  return new Map(ownNames(short, taken, (id) => id).map(({ id, name }) => [id, name]));
}

interface Candidate {
  readonly id: string;
  readonly base: string;
  readonly name: string;
}

/** Adds a suffix to the names that are not unique. */
function ownNames(
  candidates: readonly Candidate[],
  taken: readonly string[],
  suffixOf: (id: string) => string,
): Candidate[] {
  const shared = repeated([...taken, ...candidates.map(({ name }) => name)]);
  return candidates.map((candidate) => {
    const { id, base, name } = candidate;
    return shared.has(name) || LIKE_AN_ID.test(name)
      ? { ...candidate, name: suffixed(base, suffixOf(id)) }
      : candidate;
  });
}

function repeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.has(name) || !seen.add(name)));
}

function slug(name: string): string {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = ascii.replace(/[^a-z0-9]+/g, "-").replace(/^-/, "");
  return cut(words, MAX_LENGTH) || "account";
}

function suffixed(base: string, suffix: string): string {
  return `${cut(base, MAX_LENGTH - suffix.length - 1)}-${suffix}`;
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/-$/, "");
}
