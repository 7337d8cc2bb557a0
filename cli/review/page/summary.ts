import { MODES, TAG_STATUS } from "../../../functions/contract";
import { isInOrder } from "../in-order";
import type { Review, ReviewedAccount } from "../review";
import { element, type Children, type PageElement } from "./element";
import { counted, formatNumber, STATUS_ORDER, statusBadge, STATUSES, warning } from "./wording";

/** What the review found, in one sentence. */
export function headline({ accounts }: Review): string {
  const wrong = accounts.filter(({ status }) => !isInOrder(status)).length;
  const right = accounts.filter(({ status }) => status === "as-configured").length;
  if (accounts.length === 0) {
    return "No account was reviewed.";
  }
  if (wrong > 0) {
    return `${formatNumber(wrong)} of ${counted(accounts.length, "account")} ${wrong === 1 ? "is" : "are"} not as configured.`;
  }
  if (right < accounts.length) {
    return `${counted(right, "account")} of ${formatNumber(accounts.length)} as configured, the others excluded.`;
  }
  return right === 1 ? "1 account is as configured." : `All ${counted(right, "account")} are as configured.`;
}

/** How many accounts have which status: a bar, and below it each status with its number. */
export function statusCounts({ accounts }: Review): PageElement {
  const counts = STATUS_ORDER.map((status) => ({
    status,
    count: accounts.filter((account) => account.status === status).length,
  })).filter(({ count }) => count > 0);
  const starts = counts.map((_, index) => counts.slice(0, index).reduce((sum, { count }) => sum + count, 0));
  return element(
    "div",
    { class: "statuses" },
    element(
      "svg",
      {
        class: "bar",
        viewBox: `0 0 ${accounts.length} 1`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      counts.map(({ status, count }, index) =>
        element("rect", { class: status, x: starts[index], y: 0, width: count, height: 1 }),
      ),
    ),
    element(
      "ul",
      { class: "legend" },
      counts.map(({ status, count }) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: "#accounts", "data-status": status, title: STATUSES[status].meaning },
            statusBadge(status),
            " ",
            element("b", {}, formatNumber(count)),
          ),
        ),
      ),
    ),
  );
}

/** The numbers that people ask for first. */
export function figures(review: Review): PageElement {
  const { accounts, asked } = review;
  return element(
    "dl",
    { class: "figures" },
    coverage(review),
    currentCode(review),
    modes(accounts),
    guard(accounts),
    figure(
      "Drifted",
      asked.drift ? formatNumber(accounts.filter(({ drift }) => (drift ?? []).length > 0).length) : undefined,
      asked.drift ? "accounts where AWS differs from the state" : NOT_ASKED("--drift"),
    ),
    users(review),
    drills(review),
  );
}

const NOT_ASKED = (option: string): Children => [
  "not asked ",
  element("span", { class: "option" }, `(${option})`),
];

/** @param value Undefined where nothing was asked. */
function figure(name: string, value: Children, note: Children): PageElement {
  return element(
    "div",
    { class: value === undefined ? "unasked" : undefined },
    element("dt", {}, name),
    value === undefined ? undefined : element("dd", { class: "value" }, value),
    element("dd", { class: "note" }, note),
  );
}

function outOf(part: number, all: number): Children {
  return [formatNumber(part), element("small", {}, ` of ${formatNumber(all)}`)];
}

function coverage({ accounts, asked }: Review): PageElement {
  const active = accounts.filter(({ status }) => status !== "left");
  const covered = active.filter(({ kind }) => kind !== "uncovered").length;
  const uncovered = active.filter(({ status }) => status === "uncovered").length;
  return asked.organization
    ? figure(
        "Accounts covered",
        outOf(covered, active.length),
        uncovered === 0
          ? covered === active.length
            ? "every active account of the organization"
            : "accountImport excludes the others"
          : warning(`${formatNumber(uncovered)} not in rollout.yaml`),
      )
    : figure("Accounts covered", formatNumber(active.length), [
        "in rollout.yaml; AWS Organizations ",
        NOT_ASKED("--organization"),
      ]);
}

function currentCode({ accounts, version }: Review): PageElement {
  const running = accounts.filter(({ deployed }) => (deployed?.functions ?? []).length > 0);
  if (running.length === 0) {
    return figure("Current code", "0", "no code is deployed");
  }
  const current = running.filter(({ deployed }) =>
    deployed?.functions.every(({ isCurrent }) => isCurrent),
  ).length;
  const old = running.length - current;
  return figure(
    "Current code",
    outOf(current, running.length),
    old === 0 ? `what this checkout (${version}) builds` : warning(`${formatNumber(old)} with old code`),
  );
}

function modes(accounts: readonly ReviewedAccount[]): PageElement {
  const [first, ...rest] = MODES.map((mode) => ({
    mode,
    count: accounts.filter((account) => account.mode === mode).length,
  }));
  return figure(
    `Mode ${first?.mode}`,
    outOf(first?.count ?? 0, accounts.filter(({ mode }) => mode !== null).length),
    rest.map(({ mode, count }) => `${formatNumber(count)} ${mode}`).join(", "),
  );
}

function guard(accounts: readonly ReviewedAccount[]): PageElement {
  const count = (wanted: ReviewedAccount["guard"]) =>
    accounts.filter((account) => account.guard === wanted).length;
  const attached = count("attached");
  const missing = count("not-attached");
  const unknown = count("unknown");
  const leftOut = count("not-covered");
  if (attached + missing + unknown === 0) {
    return figure("Guard", "off", "rollout.yaml does not enable it");
  }
  const notes = [
    ...(missing === 0 ? [] : [warning(`${formatNumber(missing)} not attached`)]),
    ...(unknown === 0 ? [] : [warning(`${formatNumber(unknown)} unknown`)]),
    ...(leftOut === 0 ? [] : [`${formatNumber(leftOut)} left out`]),
  ];
  return figure(
    "Guard attached",
    outOf(attached, attached + missing + unknown),
    notes.length === 0
      ? "wherever it is configured"
      : notes.flatMap((note, index) => (index === 0 ? note : [", ", note])),
  );
}

function users({ accounts, asked }: Review): PageElement {
  if (!asked.live) {
    return figure("Quarantined users", undefined, NOT_ASKED("--live"));
  }
  const readings = accounts.flatMap(({ live }) => live ?? []);
  const all = readings.flatMap((reading) => reading.users);
  const released = all.filter(({ status }) => status === TAG_STATUS.released).length;
  const gaps = all.filter(({ gap }) => gap.length > 0).length;
  const unread = readings.filter(({ problems }) => problems.length > 0).length;
  return figure("Quarantined users", formatNumber(all.length - released), [
    gaps === 0 ? "no gap" : warning(counted(gaps, "gap")),
    `, ${formatNumber(released)} released`,
    unread === 0 ? undefined : [", ", warning(`${counted(unread, "account")} unread`)],
  ]);
}

function drills({ accounts, asked }: Review): PageElement {
  if (!asked.live) {
    return figure("Drills passed", undefined, NOT_ASKED("--live"));
  }
  const last = accounts.flatMap(({ live }) => live?.lastDrill ?? []);
  if (last.length === 0) {
    return figure("Drills passed", "0", "no drill is in the audit log");
  }
  const failed = last.filter(({ isPassed }) => !isPassed).length;
  const slowest = Math.max(...last.map(({ containedSeconds }) => containedSeconds ?? 0));
  return figure("Drills passed", outOf(last.length - failed, last.length), [
    failed === 0 ? undefined : [warning(`${formatNumber(failed)} failed`), ", "],
    `slowest contained after ${slowest.toFixed(1)} s`,
  ]);
}
