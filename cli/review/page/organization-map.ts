import { isInOrder } from "../in-order";
import type { Review, ReviewedAccount } from "../review";
import { anchorOf } from "./anchor";
import { element, type PageElement } from "./element";
import { formatNumber, phases, STATUSES, statusMark, type PhaseAccounts } from "./wording";

/** Up to so many accounts, each cell of the map has room for the account's name. */
const MOST_NAMED = 150;

/**
 * The organization as a picture: one cell an account, by step of the rollout. A cell has its status as a
 * colour, as a sign and as text, and leads to the account's row.
 */
export function organizationMap(review: Review): PageElement {
  const isNamed = review.accounts.length <= MOST_NAMED;
  return element(
    "div",
    { id: "map", class: isNamed ? "map named" : "map" },
    phases(review).map((phase) => phaseRow(phase, isNamed)),
  );
}

function phaseRow({ name, accounts }: PhaseAccounts, isNamed: boolean): PageElement {
  const wrong = accounts.filter(({ status }) => !isInOrder(status)).length;
  const summary =
    wrong === 0
      ? `${formatNumber(accounts.length)} as configured`
      : `${formatNumber(wrong)} of ${formatNumber(accounts.length)} not as configured`;
  return element(
    "section",
    { class: "phase" },
    element("div", { class: "phase-name" }, element("h3", {}, name), element("p", {}, summary)),
    element(
      "ul",
      {},
      accounts.map((account) => element("li", {}, cell(account, isNamed))),
    ),
  );
}

function cell(account: ReviewedAccount, isNamed: boolean): PageElement {
  const { name, status } = account;
  const text = `${name}: ${STATUSES[status].label}`;
  const attributes = { href: `#${encodeURIComponent(anchorOf(account))}`, "aria-label": text, title: text };
  return isNamed
    ? element(
        "a",
        { ...attributes, class: "cell" },
        statusMark(status),
        element("span", { class: "name" }, name),
      )
    : element("a", { ...attributes, class: `mark ${status}` });
}
