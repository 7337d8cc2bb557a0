import { readFileSync } from "node:fs";
import path from "node:path";
import { OUTCOME_STATUSES, TAMPERED_STEP } from "../../../functions/contract";
import { composeMail } from "../../../functions/security-notifier/channels/mail";
import type { Notice } from "../../../functions/security-notifier/notice";
import { composeOutcomeAlert } from "../../../functions/shared/alert/outcome-alert";
import {
  RUNBOOK_SECTIONS,
  runbookLink,
  runbookPlace,
  sectionOf,
} from "../../../functions/shared/alert/runbook";
import type { Alert } from "../../../functions/shared/alert/sns-alert";
import { otherNotices, outcomeNotice } from "../../support/functions/notices";

const RUNBOOK_URL = "https://wiki.example.com/runbook.md";
const headings = readFileSync(path.join(__dirname, "../../../docs/runbook.md"), "utf8")
  .split("\n")
  .flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? []);
const mailed = ({ message }: Alert) => (JSON.parse(message) as { email: string }).email;

test.each(RUNBOOK_SECTIONS)("the runbook has the section %s, once", (section) => {
  expect(headings.filter((heading) => heading === section)).toHaveLength(1);
});

test("no two headings of the runbook have the same link", () => {
  const links = headings.map((heading) =>
    runbookLink(heading as (typeof RUNBOOK_SECTIONS)[number], RUNBOOK_URL),
  );

  expect(new Set(links).size).toBe(headings.length);
});

test.each([
  ["An alert says QUARANTINED", `${RUNBOOK_URL}#an-alert-says-quarantined`],
  ["An alert says RESTORED or ABANDONED", `${RUNBOOK_URL}#an-alert-says-restored-or-abandoned`],
] as const)("the link to %s is %s", (section, link) => {
  expect(runbookLink(section, RUNBOOK_URL)).toBe(link);
});

test("without an address the section is named in words", () => {
  expect(runbookLink("A silent account", undefined)).toBeUndefined();
  expect(runbookPlace("A silent account", undefined)).toBe('docs/runbook.md, "A silent account"');
});

test.each(OUTCOME_STATUSES)("the alert of an account about %s links to a section", (status) => {
  const { outcome } = outcomeNotice({ status });
  const origin = {
    partition: "aws",
    policyArn: "arn:aws:iam::777788889999:policy/x",
    runbookUrl: RUNBOOK_URL,
  };

  expect(mailed(composeOutcomeAlert(outcome, origin))).toContain(
    `\nThe runbook: ${runbookLink(sectionOf(outcome), RUNBOOK_URL)}\n`,
  );
});

const silence: Notice = {
  ...{ kind: "silence", sender: "111122223333", everyHours: 24, part: 1, parts: 1 },
  accounts: [{ id: "777788889999", name: "research", lastPassed: undefined, lastUnproven: undefined }],
};

test.each(Object.entries({ ...otherNotices(), silence, outcome: outcomeNotice() }))(
  "the security account's mail about %s links to a section, or names it",
  (_, notice) => {
    const linked = mailed(composeMail(notice, { partition: "aws", runbookUrl: RUNBOOK_URL }));
    const named = mailed(composeMail(notice, { partition: "aws" }));

    const section = RUNBOOK_SECTIONS.find((each) => linked.includes(`${runbookLink(each, RUNBOOK_URL)}`));
    expect(section).toBeDefined();
    expect(linked).not.toContain("docs/runbook.md");
    expect(named).toContain(`docs/runbook.md, "${section}"`);
  },
);

test.each([
  ["of which the quarantine policy was tampered with", { failed: [{ step: TAMPERED_STEP, error: "x" }] }],
  ["about the quarantine policy", { status: "RESTORED", userName: "" }],
])("an outcome %s has the section about that", (_, changes) => {
  expect(sectionOf(outcomeNotice(changes).outcome)).toBe(
    "An alert says that the quarantine policy was tampered with",
  );
});
