import { QUARANTINE_DOCUMENT } from "../../contract";
import { isObject, type JsonObject } from "../../shared/json";

/** Compact, since all inline policies of a user together may have 2,048 characters. */
export const DENY_DOCUMENT = JSON.stringify(QUARANTINE_DOCUMENT);

/**
 * Whether a policy document does what {@link QUARANTINE_DOCUMENT} does: one statement that denies everything,
 * always.
 * @param document JSON, also URL-encoded (RFC 3986), as IAM answers with it
 */
export function isDenyAll(document: string): boolean {
  const statement = onlyStatement(document);
  if (!statement) {
    return false;
  }
  const { Effect, Action, Resource } = statement;
  const isPlain = Object.keys(statement).every((key) => PLAIN.includes(key));
  return isPlain && Effect === "Deny" && isStar(Action) && isStar(Resource);
}

/** Anything else, such as a condition, narrows the statement. */
const PLAIN = ["Sid", "Effect", "Action", "Resource"];

function onlyStatement(document: string): JsonObject | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document.startsWith("%") ? decodeURIComponent(document) : document);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) {
    return undefined;
  }
  const statements: unknown[] = [parsed["Statement"]].flat();
  const [only] = statements;
  return statements.length === 1 && isObject(only) ? only : undefined;
}

function isStar(value: unknown): boolean {
  return value === "*" || (Array.isArray(value) && value.length === 1 && value[0] === "*");
}
