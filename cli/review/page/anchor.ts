import type { ReviewedAccount } from "../review";

/** Id of an account's rows in the page, which a link to it ends with. */
export function anchorOf({ id }: Pick<ReviewedAccount, "id">): string {
  return `account-${id}`;
}
