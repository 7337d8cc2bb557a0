/** The script of the page. It runs once, at the end of the document. */
import type { Review } from "../../review";
import { columnsOf } from "../columns";
import { AccountRows } from "./account-rows";
import { byId } from "./dom";
import { followFilters } from "./filters";
import { followMap } from "./map";
import { sortByHeaders } from "./sorting";
import { offerTheme } from "./theme";

const review = JSON.parse(byId("review").textContent) as Review;
const rows = new AccountRows(byId("accounts-table", HTMLTableElement), review.accounts);
sortByHeaders(rows, columnsOf(review));
const filters = followFilters(rows);
followMap((id) => {
  if (rows.isFilteredOut(id)) {
    filters.clear();
  }
  rows.show(id);
});
offerTheme();
