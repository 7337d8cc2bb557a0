import type { Review, ReviewedAccount } from "../review";
import { anchorOf } from "./anchor";
import type { Column } from "./columns";
import { element, type PageElement } from "./element";

/**
 * The table of accounts. Each has a `tbody` of its own, in the order of the review, so that its detail moves
 * and hides with it.
 */
export function accountTable({ accounts }: Review, columns: readonly Column[]): PageElement {
  return element(
    "table",
    { id: "accounts-table" },
    element("caption", {}, "Every account, worst first"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        columns.map(({ id, label }) => element("th", { scope: "col", class: id }, label)),
      ),
    ),
    accounts.map((account) => accountRow(account, columns)),
  );
}

/** One line, and below it why the account is not as configured. */
function accountRow(account: ReviewedAccount, columns: readonly Column[]): PageElement {
  const { problems } = account;
  return element(
    "tbody",
    { id: anchorOf(account) },
    element(
      "tr",
      {},
      columns.map(({ id, cell }) =>
        id === "account"
          ? element("th", { scope: "row", class: id }, cell(account))
          : element("td", { class: id }, cell(account)),
      ),
    ),
    problems.length === 0
      ? undefined
      : element(
          "tr",
          { class: "why" },
          element("td"),
          element(
            "td",
            { colspan: columns.length - 1 },
            problems.map((problem) => element("p", {}, problem)),
          ),
        ),
  );
}
