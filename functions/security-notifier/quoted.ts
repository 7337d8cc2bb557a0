import { plain, unlinked } from "../shared/text";

/** What a member account says, fit for one line of a mail and without a link, at most `max` characters. */
export function quoted(text: string, max?: number): string {
  // Without quotes, what did not look like a link may be one.
  return plain(unlinked(plain(text, max)), max);
}
