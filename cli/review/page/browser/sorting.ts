import type { Column } from "../columns";
import type { AccountRows } from "./account-rows";
import { byId } from "./dom";

/** Makes buttons of the table's headers. The table comes sorted by status, worst first. */
export function sortByHeaders(rows: AccountRows, columns: readonly Column[]): void {
  const headers = [...(byId("accounts-table", HTMLTableElement).tHead?.rows[0]?.cells ?? [])];
  for (const [index, { sortKey, label }] of columns.entries()) {
    const header = headers[index];
    if (header === undefined) {
      continue;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      const isAscending = header.ariaSort !== "ascending";
      rows.sort(sortKey, isAscending ? 1 : -1);
      mark(headers, header, isAscending ? "ascending" : "descending");
    });
    header.replaceChildren(button);
  }
  const [status] = headers;
  if (status !== undefined) {
    mark(headers, status, "ascending");
  }
}

function mark(
  headers: readonly HTMLTableCellElement[],
  sorted: HTMLTableCellElement,
  direction: "ascending" | "descending",
): void {
  for (const header of headers) {
    header.ariaSort = header === sorted ? direction : null;
  }
}
