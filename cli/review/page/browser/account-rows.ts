import { isInOrder } from "../../in-order";
import type { ReviewedAccount } from "../../review";
import { accountDetail } from "../account-detail";
import { anchorOf } from "../anchor";
import type { SortKey } from "../columns";
import { formatNumber } from "../wording";
import { byId, toDom } from "./dom";

/** An account's rows in the table. */
interface Row {
  readonly account: ReviewedAccount;
  readonly body: HTMLTableSectionElement;
  /** Opens and closes the detail. */
  readonly button: HTMLButtonElement;
}

/** Accounts that are shown at a time. The style sheet has the same number for the time before the script. */
const PAGE = 50;

/** Below the window, in pixels, where the next accounts are shown before somebody scrolls to them. */
const AHEAD_PX = 400;

/**
 * The rows of the table, one `tbody` an account. Only the first accounts that match are in the document, and
 * more as somebody scrolls: a browser takes long to lay out 1,000. Details are made when they are opened.
 */
export class AccountRows {
  private readonly byAnchor: ReadonlyMap<string, Row>;
  /** Every account, as it is sorted. */
  private sorted: readonly Row[];
  /** Those of `sorted` that match the filter. */
  private matches: readonly Row[] = [];
  private isMatch: (account: ReviewedAccount) => boolean = () => true;
  /** How many of `matches` are in the table. */
  private shown = 0;
  private readonly more = byId("more", HTMLButtonElement);

  /** @param accounts In the order of the table's bodies. */
  constructor(
    private readonly table: HTMLTableElement,
    readonly accounts: readonly ReviewedAccount[],
  ) {
    const bodies = [...table.tBodies];
    this.sorted = accounts.flatMap((account, index) => {
      const body = bodies[index];
      return body === undefined ? [] : [{ account, body, button: addButton(body) }];
    });
    this.byAnchor = new Map(this.sorted.map((row) => [anchorOf(row.account), row]));
    this.select();
    table.classList.add("live");
    table.addEventListener("click", ({ target }) => {
      const row = this.matches.find(({ button }) => button === target);
      if (row !== undefined) {
        toggle(row);
      }
    });
    const showMore = () => this.showUpTo(this.shown + PAGE);
    this.more.addEventListener("click", showMore);
    new IntersectionObserver(([entry]) => entry?.isIntersecting === true && showMore(), {
      rootMargin: `${AHEAD_PX}px`,
    }).observe(this.more);
    addEventListener("beforeprint", () => this.openForPrint());
    addEventListener("afterprint", () => this.closeAfterPrint());
  }

  /** @returns How many accounts match. */
  filter(isMatch: (account: ReviewedAccount) => boolean): number {
    this.isMatch = isMatch;
    this.select();
    return this.matches.length;
  }

  sort(keyOf: (account: ReviewedAccount) => SortKey, direction: 1 | -1): void {
    const collator = new Intl.Collator("en", { numeric: true });
    const keyed = this.sorted.map((row) => ({ row, key: keyOf(row.account) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) {
        return Number(a.key === null) - Number(b.key === null);
      }
      return direction * compare(a.key, b.key, collator);
    });
    this.sorted = keyed.map(({ row }) => row);
    this.select();
  }

  private select(): void {
    this.matches = this.sorted.filter(({ account }) => this.isMatch(account));
    this.shown = 0;
    const { caption, tHead } = this.table;
    this.table.replaceChildren(...[caption, tHead].flatMap((part) => part ?? []));
    this.showUpTo(PAGE);
  }

  private showUpTo(most: number): void {
    const next = this.matches.slice(this.shown, most);
    this.table.append(...next.map(({ body }) => body));
    this.shown += next.length;
    const left = this.matches.length - this.shown;
    this.more.hidden = left === 0;
    this.more.textContent = `Show more (${formatNumber(left)} left)`;
  }

  /** Whether an account, if there is one of that anchor, does not match the filter. */
  isFilteredOut(anchor: string): boolean {
    const row = this.byAnchor.get(anchor);
    return row !== undefined && !this.matches.includes(row);
  }

  /** Opens the detail of an account that matches, and goes there. */
  show(anchor: string): void {
    const row = this.byAnchor.get(anchor);
    if (row === undefined) {
      return;
    }
    this.showUpTo(this.matches.indexOf(row) + 1);
    open(row);
    row.body.scrollIntoView();
    row.button.focus({ preventScroll: true });
  }

  /** On paper are all accounts that match, and what is not as configured has its detail. */
  private openForPrint(): void {
    this.showUpTo(this.matches.length);
    for (const row of this.matches) {
      if (!isInOrder(row.account.status) && !isOpen(row)) {
        open(row);
        row.body.dataset["openedFor"] = "print";
      }
    }
  }

  private closeAfterPrint(): void {
    for (const row of this.matches) {
      if (row.body.dataset["openedFor"] === "print") {
        delete row.body.dataset["openedFor"];
        close(row);
      }
    }
    this.select();
  }
}

function compare(a: string | number, b: string | number, collator: Intl.Collator): number {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

/** Makes a button of the account's name. */
function addButton(body: HTMLTableSectionElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toggle";
  button.ariaExpanded = "false";
  const name = body.querySelector("th .name");
  if (name !== null) {
    button.textContent = name.textContent;
    name.replaceWith(button);
  }
  return button;
}

function isOpen({ button }: Row): boolean {
  return button.ariaExpanded === "true";
}

function toggle(row: Row): void {
  if (isOpen(row)) {
    close(row);
  } else {
    open(row);
  }
}

function open(row: Row): void {
  if (isOpen(row)) {
    return;
  }
  const { account, body, button } = row;
  const id = `${anchorOf(account)}-detail`;
  const detail = body.insertRow();
  detail.id = id;
  detail.className = "detail-row";
  const cell = detail.insertCell();
  cell.colSpan = body.rows[0]?.cells.length ?? 1;
  cell.append(toDom(accountDetail(account, "h3")));
  button.ariaExpanded = "true";
  button.setAttribute("aria-controls", id);
}

function close({ body, button }: Row): void {
  body.querySelector(".detail-row")?.remove();
  button.ariaExpanded = "false";
  button.removeAttribute("aria-controls");
}
