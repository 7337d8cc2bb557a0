import { isInOrder } from "../../in-order";
import type { ReviewedAccount } from "../../review";
import { NOT_AS_CONFIGURED } from "../filter-form";
import { counted, formatNumber, phaseOf, STATUSES } from "../wording";
import type { AccountRows } from "./account-rows";
import { byId } from "./dom";

/** Shows the filters of the table and applies them, also those of the numbers above it. */
export function followFilters(rows: AccountRows): { clear(): void } {
  const form = byId("filters", HTMLFormElement);
  const count = byId("count");
  const texts = new Map(rows.accounts.map((account) => [account, searchText(account)]));

  const apply = () => {
    const fields = new FormData(form);
    const value = (name: string) => {
      const field = fields.get(name);
      return typeof field === "string" ? field : "";
    };
    const words = value("text").toLowerCase().split(/\s+/).filter(Boolean);
    const [status, mode, wave] = [value("status"), value("mode"), value("wave")];
    const shown = rows.filter(
      (account) =>
        hasStatus(account, status) &&
        (mode === "" || account.mode === mode) &&
        (wave === "" || phaseOf(account) === wave) &&
        words.every((word) => texts.get(account)?.includes(word)),
    );
    const all = rows.accounts.length;
    count.textContent =
      shown === all ? counted(all, "account") : `${formatNumber(shown)} of ${counted(all, "account")}`;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  const clear = (status = "") => {
    form.reset();
    byId("status", HTMLSelectElement).value = status;
    apply();
  };
  byId("clear").addEventListener("click", () => clear());
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-status]")) {
    link.addEventListener("click", () => clear(link.dataset["status"]));
  }
  form.hidden = false;
  // A browser that goes back to the page restores what was typed.
  apply();
  return { clear };
}

function hasStatus({ status }: ReviewedAccount, wanted: string): boolean {
  return wanted === "" || status === wanted || (wanted === NOT_AS_CONFIGURED && !isInOrder(status));
}

function searchText(account: ReviewedAccount): string {
  const { id, name, unit, status, problems, deployed, differences, drift, live } = account;
  return [
    id,
    name,
    unit ?? "",
    STATUSES[status].label,
    phaseOf(account),
    deployed?.version ?? "",
    ...problems,
    ...[...differences, ...(drift ?? [])].map(({ address }) => address),
    ...(live?.users ?? []).map(({ userName }) => userName),
  ]
    .join("\n")
    .toLowerCase();
}
