import { plain } from "../shared/text";

/**
 * What a member account says, fit for one line of a mail, at most `max` characters. A link in it could be
 * taken for one of ours: `https://` becomes `https[:]//`.
 */
export function quoted(text: string, max?: number): string {
  return plain(text.replaceAll("://", "[:]//"), max);
}
