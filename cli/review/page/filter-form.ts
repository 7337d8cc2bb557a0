import { isInOrder } from "../in-order";
import type { AccountStatus, Review } from "../review";
import { element, type Children, type PageElement } from "./element";
import { formatNumber, phases, STATUS_ORDER, STATUSES } from "./wording";

/** Value of the status filter for every status that is not in order. */
export const NOT_AS_CONFIGURED = "not-as-configured";

/** The filters of the table, which the script shows: without it they would do nothing. */
export function filterForm(review: Review): PageElement {
  const { accounts } = review;
  const count = (status: AccountStatus) => accounts.filter((account) => account.status === status).length;
  const wrong = accounts.filter(({ status }) => !isInOrder(status)).length;
  const modes = [...new Set(accounts.flatMap(({ mode }) => mode ?? []))];
  return element(
    "form",
    { id: "filters", role: "search", "aria-label": "Accounts", hidden: true },
    label(
      "Find",
      element("input", {
        name: "text",
        type: "search",
        autocomplete: "off",
        spellcheck: "false",
        placeholder: "name, id, unit, user, problem …",
      }),
    ),
    select("Status", "status", [
      ...(wrong === 0 ? [] : [option(NOT_AS_CONFIGURED, `not as configured (${formatNumber(wrong)})`)]),
      ...STATUS_ORDER.filter((status) => count(status) > 0).map((status) =>
        option(status, `${STATUSES[status].label} (${formatNumber(count(status))})`),
      ),
    ]),
    select(
      "Mode",
      "mode",
      modes.map((mode) => option(mode, mode)),
    ),
    select(
      "Wave",
      "wave",
      phases(review).map(({ name }) => option(name, name)),
    ),
    element("button", { type: "button", id: "clear" }, "Clear"),
    element("p", { id: "count", role: "status" }),
  );
}

function label(text: string, control: PageElement): PageElement {
  return element("label", {}, element("span", {}, text), control);
}

function select(text: string, name: string, options: Children): PageElement {
  return label(text, element("select", { name, id: name }, element("option", { value: "" }, "all"), options));
}

function option(value: string, text: string): PageElement {
  return element("option", { value }, text);
}
