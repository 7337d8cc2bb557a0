import type { LiveReading, Review, ReviewedAccount } from "../review";
import { seconds } from "./account-detail";
import { element, type Children } from "./element";
import {
  counted,
  GUARDS,
  NONE,
  phaseOf,
  phases,
  STATUS_ORDER,
  statusBadge,
  timeNode,
  warning,
} from "./wording";

/** What an account is sorted by in one column; null comes last, whichever way it is sorted. */
export type SortKey = string | number | null;

/** A column of the table of accounts. */
export interface Column {
  /** Name in the style sheet. */
  readonly id: string;
  readonly label: string;
  readonly cell: (account: ReviewedAccount) => Children;
  readonly sortKey: (account: ReviewedAccount) => SortKey;
}

/** The columns of a review: those of `--live` only where it was asked. */
export function columnsOf(review: Review): Column[] {
  const order = phases(review).map(({ name }) => name);
  return [
    {
      id: "status",
      label: "Status",
      cell: ({ status }) => statusBadge(status),
      sortKey: ({ status }) => STATUS_ORDER.indexOf(status),
    },
    {
      id: "account",
      label: "Account",
      cell: ({ name }) => element("span", { class: "name" }, name),
      sortKey: ({ name }) => name,
    },
    { id: "number", label: "Id", cell: ({ id }) => element("code", {}, id), sortKey: ({ id }) => id },
    {
      id: "wave",
      label: "Wave",
      cell: (account) => phaseOf(account),
      sortKey: (account) => order.indexOf(phaseOf(account)),
    },
    { id: "mode", label: "Mode", cell: modeCell, sortKey: ({ mode }) => mode },
    { id: "code", label: "Version", cell: versionCell, sortKey: ({ deployed }) => deployed?.version ?? null },
    {
      id: "guard",
      label: "Guard",
      cell: ({ guard }) => (guard === "not-attached" ? warning(GUARDS[guard]) : GUARDS[guard]),
      sortKey: ({ guard }) => GUARDS[guard],
    },
    {
      id: "applied",
      label: "Applied",
      cell: ({ deployed }) => (deployed?.appliedAt ? timeNode(deployed.appliedAt, "day") : NONE),
      sortKey: ({ deployed }) => deployed?.appliedAt ?? null,
    },
    ...(review.asked.live ? LIVE_COLUMNS : []),
  ];
}

const LIVE_COLUMNS: readonly Column[] = [
  {
    id: "users",
    label: "Users",
    cell: ({ live }) => (live === null ? NONE : usersCell(live)),
    sortKey: ({ live }) => live?.users.length ?? null,
  },
  {
    id: "drill",
    label: "Drill",
    cell: ({ live }) => (live === null || live.lastDrill === null ? NONE : drillCell(live.lastDrill)),
    sortKey: ({ live }) => (live?.lastDrill ? (live.lastDrill.containedSeconds ?? Infinity) : null),
  },
];

function modeCell({ mode, deployed }: ReviewedAccount): Children {
  if (mode === null) {
    return NONE;
  }
  return deployed === null || deployed.mode === null || deployed.mode === mode
    ? mode
    : [mode, element("div", {}, warning(`deployed: ${deployed.mode}`))];
}

function versionCell({ deployed }: ReviewedAccount): Children {
  if (deployed === null) {
    return NONE;
  }
  const version = deployed.version ?? NONE;
  return deployed.functions.every(({ isCurrent }) => isCurrent)
    ? version
    : [version, " ", warning("old code")];
}

function usersCell({ users, problems }: LiveReading): Children {
  if (users.length === 0 && problems.length > 0) {
    return warning("unknown");
  }
  const gaps = users.filter(({ gap }) => gap.length > 0).length;
  return gaps === 0 ? String(users.length) : [`${users.length}, `, warning(counted(gaps, "gap"))];
}

function drillCell({ isPassed, containedSeconds }: NonNullable<LiveReading["lastDrill"]>): Children {
  return isPassed ? seconds(containedSeconds) : warning("failed");
}
