import type { Effect } from "../../../cli/effects/effect";
import type { StackReport } from "../../../cli/report/report";
import { planMarkdown } from "../../../cli/view/plan-markdown";
import { reportOf } from "../../support/cli/stacks";

const WEAKER: Effect = { setting: "mode", kind: "set", before: "enforce", after: "off", weakens: true };
const TRUSTED: Effect = {
  setting: "trust",
  kind: "added",
  after: "users of arn:aws:iam::*:role/a_b_c",
  weakens: false,
};
const changed = (name: string, effects: Effect[], facts: Partial<StackReport> = {}) =>
  reportOf(name, {
    outcome: "changed",
    effects,
    resources: [{ action: "update", address: "aws_lambda_function.responder" }],
    changes: { add: 0, change: 1, remove: 0 },
    ...facts,
  });
const markdown = (...stacks: StackReport[]) => planMarkdown({ stacks }, []);

test("what weakens is on top and in bold; accounts that change alike share a row", () => {
  const text = markdown(
    changed("research", [TRUSTED]),
    changed("sandbox", [TRUSTED]),
    changed("payments", [WEAKER]),
    reportOf("security", { outcome: "unchanged" }),
  );

  expect(text).toMatchInlineSnapshot(`
    "## Quarantine plan

    **3 of 4 stacks change**

    **This weakens the protection of 1 account, marked with &#33;.**

    | accounts | what it means | resources |
    | --- | --- | --- |
    | \`payments\` \`444455556666\` | **! mode&#58; enforce → off** | <details><summary>1 to change</summary>\`update aws_lambda_function.responder\`</details> |
    | \`research\` \`444455556666\`, \`sandbox\` \`444455556666\` | trust added&#58; users of arn&#58;aws&#58;iam&#58;&#58;&#42;&#58;role/a&#95;b&#95;c | <details><summary>1 to change</summary>\`update aws_lambda_function.responder\`</details> |"
  `);
  expect(text.indexOf("payments")).toBeLessThan(text.indexOf("research"));
});

test("a stack without a plan is a row that says why", () => {
  const text = markdown(reportOf("payments", { outcome: "failed", cause: "AccessDenied | <b>" }));

  expect(text).toContain("**0 of 1 stack changes, 1 not planned**");
  expect(text).toContain("| `payments` `444455556666` | not planned: AccessDenied &#124; &#60;b&#62; | |");
});

test("nothing that changes needs no table", () => {
  expect(markdown(reportOf("security", { outcome: "unchanged" }))).toBe(
    "## Quarantine plan\n\n**0 of 1 stack changes**",
  );
});

test("nothing of an account is markup, and warnings about the configuration are listed", () => {
  const text = planMarkdown({ stacks: [changed("payments", [TRUSTED])] }, ["rollout.yaml:1:2 *bold* @team"]);

  expect(text).toContain("role/a&#95;b&#95;c");
  expect(text).toMatch(/^- rollout\.yaml&#58;1&#58;2 &#42;bold&#42; &#64;&#8203;team$/m);
});

test("is cut to what GitHub takes, and says so", () => {
  const stacks = Array.from({ length: 2_000 }, (_, index) =>
    changed(`account-${index}`, [{ ...TRUSTED, after: `${"x".repeat(50)}${index}` }]),
  );

  const text = planMarkdown({ stacks }, []);

  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text).toMatch(/\n\d+ more rows are not shown, because GitHub takes no longer comment\.$/);
});
