import { readFileSync } from "node:fs";
import path from "node:path";
import { OUTCOME_STATUSES, SEVERITIES } from "../../functions/contract";
import { composeMail } from "../../functions/security-notifier/channels/mail";
import type { HealthNotice, Notice } from "../../functions/security-notifier/notice";
import { rateSeverity } from "../../functions/security-response/alert/severity";
import {
  untouched,
  type ContainmentResult,
} from "../../functions/security-response/containment/containment-result";
import type { UserState } from "../../functions/security-response/containment/user-state";
import { apiCallEvent } from "../support/functions/api-call-event";
import { drillEnded } from "../support/functions/drill-events";
import { noticeOf, otherNotices } from "../support/functions/notices";

const RUNBOOK = readFileSync(path.join(__dirname, "../../docs/runbook.md"), "utf8");
const POLICY_ARN = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";

/** The cells of the table whose heading begins with a word, by the first cell of each row. */
function tableOf(heading: string): Map<string, string> {
  const lines = RUNBOOK.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows = lines.slice(start + 2);
  return new Map(
    rows
      .slice(
        0,
        rows.findIndex((line) => !line.startsWith("|")),
      )
      .map((line) => {
        const [, first = "", second = ""] = line.split("|").map((cell) => cell.trim());
        return [first.replaceAll("`", ""), second] as const;
      }),
  );
}

/** Everything that adds points. */
const EVERYTHING: UserState = {
  attachedPolicies: [{ name: "AdministratorAccess", arn: "arn:aws:iam::aws:policy/AdministratorAccess" }],
  groups: ["admins"],
  accessKeys: [{ id: "AKIAIOSFODNN7EXAMPLE", active: false }],
  consolePassword: true,
  mfaDevices: [],
};

/** The least and the most severe that a result can be, whatever the user holds. */
function rated(
  parts: Pick<ContainmentResult, "status"> & Partial<ContainmentResult>,
  as?: Parameters<typeof rateSeverity>[3],
): string[] {
  return [{}, EVERYTHING].map((holds) => {
    const result = untouched({ ...parts, userState: { ...parts.userState, ...holds } });
    return rateSeverity(result, "IAMUser", POLICY_ARN, as);
  });
}

const mailed = (...notices: readonly (Notice | undefined)[]) =>
  notices.map((notice) => composeMail(notice as Notice, { partition: "aws" }).attributes.severity);
const changed = (service: string, eventName: string) =>
  noticeOf(apiCallEvent({ service, eventName, requestParameters: {} }));
const healthOf = (severity: HealthNotice["health"]["severity"]): HealthNotice => {
  const notice = otherNotices()["health"] as HealthNotice;
  return { ...notice, health: { ...notice.health, severity } };
};
const silence: Notice = {
  ...{ kind: "silence", sender: "111122223333", everyHours: 24, part: 1, parts: 1 },
  accounts: [{ id: "777788889999", name: "research", lastPassed: undefined, lastUnproven: undefined }],
};

const ALERTS: Readonly<Record<string, () => string[]>> = {
  QUARANTINED: () => rated({ status: "QUARANTINED" }),
  "QUARANTINED, the user of a drill": () => rated({ status: "QUARANTINED" }, { isDrill: true }),
  OBSERVED: () => rated({ status: "OBSERVED" }),
  "OBSERVED, in a pause": () => rated({ status: "OBSERVED" }, { isPaused: true }),
  FAILED: () => rated({ status: "FAILED" }),
  "VANISHED, its id was looked up": () =>
    rated({ status: "VANISHED", gone: { isLookedUp: true, mayAppear: false } }),
  "VANISHED, its id is not known": () =>
    rated({ status: "VANISHED", gone: { isLookedUp: false, mayAppear: false } }),
  "RESTORED, a deny was off": () =>
    rated({ status: "RESTORED", undoing: { by: "x", call: "DetachUserPolicy", isUndone: true } }),
  "RESTORED, every deny stood": () =>
    rated({ status: "RESTORED", undoing: { found: "late-credential", isUndone: false } }),
  "RESTORED, a release has ended": () =>
    rated({ status: "RESTORED", undoing: { found: "release-ended", isUndone: true } }),
  ABANDONED: () => rated({ status: "ABANDONED" }),
  RELEASED: () => rated({ status: "RELEASED" }),
  "any of them, the quarantine policy was tampered with": () =>
    (["QUARANTINED", "OBSERVED", "FAILED", "VANISHED", "RESTORED", "ABANDONED"] as const).flatMap((status) =>
      rated({ status, userState: { policyDenies: false } }),
    ),
  UNREADABLE: () => mailed(otherNotices()["unreadable"]),
  CHANGED: () => mailed(changed("sqs", "PurgeQueue"), changed("events", "DisableRule")),
  REFUSED: () => mailed(otherNotices()["refusal"]),
  ALARM: () => mailed(otherNotices()["alarm"]),
  UNHEALTHY: () => mailed(healthOf("MEDIUM"), healthOf("CRITICAL")),
  HEALTHY: () => mailed({ ...healthOf("LOW"), health: { ...healthOf("LOW").health, status: "HEALTHY" } }),
  SILENT: () => mailed(silence),
  DRILL_FAILED: () => mailed(otherNotices()["drill"]),
  DRILL_PASSED: () => mailed(noticeOf(drillEnded({ status: "PASSED" }, {}))),
};

test("the table of severities has every alert, and no other", () => {
  expect([...tableOf("alert").keys()].sort()).toEqual(Object.keys(ALERTS).sort());
});

test.each([...tableOf("alert")])("an alert %s is %s", (alert, stated) => {
  const severities = [...new Set(ALERTS[alert]?.())];

  const [least = "", ...more] = stated.split(" or ");
  expect(severities[0]).toBe(least);
  expect(severities.at(-1)).toBe(more.length > 0 ? "CRITICAL" : least);
});

test("every status of an outcome is in the table, or said to be in the audit log alone", () => {
  const silent: readonly string[] =
    /^`(.+)` are in the audit log alone/m.exec(RUNBOOK)?.[1]?.match(/[A-Z]+/g) ?? [];

  const told: readonly (string | undefined)[] = [...tableOf("alert").keys()].map(
    (alert) => alert.split(",")[0],
  );
  expect(OUTCOME_STATUSES.filter((status) => !silent.includes(status))).toEqual(
    OUTCOME_STATUSES.filter((status) => told.includes(status)),
  );
});

const FOUND: Readonly<Record<string, readonly [creator: string, ...states: UserState[]]>> = {
  "the creator is the root user": ["Root", {}],
  "AdministratorAccess, IAMFullAccess or PowerUserAccess is attached": [
    "IAMUser",
    ...["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"].map((name) => ({
      attachedPolicies: [{ name, arn: `arn:aws:iam::aws:policy/${name}` }],
    })),
  ],
  "the user is in a group, or has an inline policy or another policy attached that is not one of AWS's read-only ones":
    [
      "IAMUser",
      { groups: ["developers"] },
      { inlinePolicies: ["own"] },
      { attachedPolicies: [{ name: "own", arn: "arn:aws:iam::111122223333:policy/own" }] },
    ],
  "the user has an access key, active or set inactive since": [
    "IAMUser",
    { accessKeys: [{ id: "AKIAIOSFODNN7EXAMPLE", active: false }] },
    { accessKeys: [{ id: "AKIAIOSFODNN7EXAMPLE", active: true }] },
  ],
  "the user has a console password and no MFA device": ["IAMUser", { consolePassword: true, mfaDevices: [] }],
};

test("the table of points has everything that adds some, and nothing else", () => {
  expect([...tableOf("found").keys()]).toEqual(Object.keys(FOUND));
});

test.each([...tableOf("found")])("%s: %s", (found, points) => {
  const [creator, ...states] = FOUND[found] ?? ["", {}];

  for (const userState of states) {
    // Nothing lifts what was only observed.
    const severity = rateSeverity(untouched({ status: "OBSERVED", userState }), creator, POLICY_ARN);
    expect(SEVERITIES.indexOf(severity)).toBe(Number(points));
  }
});
