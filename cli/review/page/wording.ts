import type { AccountStatus, Review, ReviewedAccount } from "../review";
import { element, type PageElement, type PageNode } from "./element";

/** How a status is called on the page, and what it means. */
export const STATUSES: Readonly<Record<AccountStatus, { readonly label: string; readonly meaning: string }>> =
  {
    uncovered: {
      label: "uncovered",
      meaning: "an active account of the organization that rollout.yaml does not list",
    },
    unreadable: {
      label: "unreadable",
      meaning: "its state, or what else was asked, could not be read: something may be missing",
    },
    "not-deployed": { label: "not deployed", meaning: "it has no state, or a state without resources" },
    differs: { label: "differs", meaning: "its state is not what this checkout configures" },
    drifted: { label: "drifted", meaning: "AWS has something else than its state" },
    unhealthy: {
      label: "unhealthy",
      meaning: "a quarantine has a gap, or its last drill failed or is overdue",
    },
    left: {
      label: "left",
      meaning: "rollout.yaml lists it, and it is no active account of the organization",
    },
    excluded: { label: "excluded", meaning: "accountImport.exclude of rollout.yaml leaves it out" },
    "as-configured": { label: "as configured", meaning: "none of these" },
  };

/** Every status, worst first, as in `ACCOUNT_STATUSES`: that file would bring zod into the page. */
export const STATUS_ORDER = Object.keys(STATUSES) as readonly AccountStatus[];

export const GUARDS: Readonly<Record<ReviewedAccount["guard"], string>> = {
  attached: "attached",
  "not-attached": "not attached",
  "not-covered": "left out",
  off: "off",
  unknown: "unknown",
};

/** Stands where there is no value. */
export const NONE = "–";

/** A status as people see it: a mark whose shape and colour are its own, and the word. */
export function statusBadge(status: AccountStatus): PageElement {
  return element("span", { class: "badge" }, statusMark(status), STATUSES[status].label);
}

/** The mark alone. Its sign is written by the style sheet, so that no screen reader says it. */
export function statusMark(status: AccountStatus): PageElement {
  return element("span", { class: `mark ${status}` });
}

/** Text that differs from what it should be. */
export function warning(text: string): PageElement {
  return element("strong", { class: "warning" }, text);
}

/** A point in time, or the text as it came when it is none. */
export function timeNode(value: string, precision: "day" | "minute"): PageNode {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:[\d.]+)?Z$/.exec(value);
  if (parts === null) {
    return value;
  }
  const [, day, minute] = parts;
  return element(
    "time",
    { datetime: value, title: precision === "day" ? value : undefined },
    precision === "day" ? `${day}` : `${day} ${minute} UTC`,
  );
}

/** The accounts of one step of the rollout, under the name that people know it by. */
export interface PhaseAccounts {
  readonly name: string;
  readonly accounts: readonly ReviewedAccount[];
}

/** Name of the step of the rollout that an account belongs to. */
export function phaseOf({ kind, wave }: Pick<ReviewedAccount, "kind" | "wave">): string {
  switch (kind) {
    case "security":
      return "security account";
    case "target":
      return wave ?? "without a wave";
    case "management":
      return "management account";
    case "uncovered":
      return "not in rollout.yaml";
  }
}

/** Every step that has accounts: security, the waves in their order, management, and what is uncovered. */
export function phases({ waves, accounts }: Pick<Review, "waves" | "accounts">): PhaseAccounts[] {
  const names = [
    phaseOf({ kind: "security", wave: null }),
    ...waves,
    phaseOf({ kind: "target", wave: null }),
    phaseOf({ kind: "management", wave: null }),
    phaseOf({ kind: "uncovered", wave: null }),
  ];
  return [...new Set([...names, ...accounts.map(phaseOf)])]
    .map((name) => ({ name, accounts: accounts.filter((account) => phaseOf(account) === name) }))
    .filter((phase) => phase.accounts.length > 0);
}

/** `1 account`, `2 accounts`. */
export function counted(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1,234`, wherever the page is read. */
export function formatNumber(count: number): string {
  return count.toLocaleString("en-US");
}
