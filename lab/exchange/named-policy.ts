/** A policy document with the name that a refusal mentions: its ARN, or its plain name when it is inline. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

/** Reads a policy document as IAM answers it: JSON, often URL-encoded. */
export function readDocument(document: unknown): unknown {
  if (typeof document !== "string") {
    return document;
  }
  const text = document.trimStart().startsWith("{") ? document : decodeURIComponent(document);
  return JSON.parse(text) as unknown;
}
