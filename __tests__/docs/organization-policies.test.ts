import { actionsOf, type PolicyDocument } from "../../stacks/policies/document";
import { documentedPolicy, documentSection } from "../support/document-section";
import { EVERY_ROLE_YAML } from "../support/stacks/sample";
import { isAllowed, refusingStatements } from "../support/stacks/simulate";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

const DOCUMENT = "organization-policies.md";
const section = (name: string) => documentSection(DOCUMENT, name);

/** Every role and every kind of resource, in the mode and with the settings that need most. */
const app = synthesizeYaml(`${EVERY_ROLE_YAML}defaults: { deleteLoginProfile: true }
`);
const stacks = Object.values(app);

/** Actions of each role, over all stacks. */
function actionsOfRoles(): Map<string, Set<string>> {
  const actions = new Map<string, Set<string>>();
  for (const stack of stacks) {
    for (const { name, policy } of resources(stack, "aws_iam_role_policy")) {
      const role = String(name);
      const { Statement } = JSON.parse(String(policy)) as PolicyDocument;
      const known = actions.get(role) ?? new Set();
      Statement.flatMap(actionsOf).forEach((action) => known.add(action));
      actions.set(role, known);
    }
  }
  return actions;
}

const actions = actionsOfRoles();
const all = [...new Set([...actions.values()].flatMap((each) => [...each]))].sort();

test("the document lists the actions of each role", () => {
  const rows = [...actions].sort().map(([role, names]) => {
    const list = [...names].sort().map((name) => `\`${name}\``);
    return `- **${role}**: ${list.join(", ")}`;
  });

  expect(section("actions")).toBe(rows.join("\n"));
});

test("the document lists what has no tags", async () => {
  const types = [...new Set(stacks.flatMap(({ json }) => Object.keys(json.resource)))].sort();
  const untagged: string[] = [];
  for (const type of types) {
    const binding = (await import(
      `@cdktf/provider-aws/lib/${type.replace(/^aws_/, "").replaceAll("_", "-")}`
    )) as Record<string, { readonly prototype?: object; readonly tfResourceType?: string }>;
    const resource = Object.values(binding).find(({ tfResourceType }) => tfResourceType === type);
    if (!("tagsInput" in (resource?.prototype ?? {}))) {
      untagged.push(`\`${type}\``);
    }
  }

  expect(section("untagged")).toBe(untagged.join(", "));
});

describe("the boundary of the document", () => {
  const boundary = documentedPolicy(DOCUMENT, "boundary");

  test("allows every action of a role, and no other", () => {
    expect(boundary.Statement).toMatchObject([{ Effect: "Allow", Resource: "*" }]);
    expect(boundary.Statement.flatMap(({ Action }) => Action)).toEqual(all);
  });

  test.each([
    ["iam:AttachUserPolicy", "arn:aws:iam::444455556666:user/mallory", true],
    ["sns:Publish", "arn:aws:sns:us-east-1:444455556666:security-alerts", true],
    ["iam:CreatePolicyVersion", "arn:aws:iam::444455556666:policy/AutomatedSecurityQuarantine", false],
    ["iam:PutRolePolicy", "arn:aws:iam::444455556666:role/security/security-response", false],
  ])("for %s on %s says %s, as IAM does", async (action, resource, expected) => {
    const principal = "arn:aws:sts::444455556666:assumed-role/security-response/session";

    expect(await isAllowed({ principal, action, resource }, { identity: boundary })).toBe(expected);
  });
});

describe("the service control policy of the document", () => {
  const scp = documentedPolicy(DOCUMENT, "scp");
  const principal = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole";
  const role = "arn:aws:iam::444455556666:role/security/security-response";
  const tagged = { "aws:RequestTag/CostCenter": "4711", "aws:TagKeys": ["CostCenter"] };
  const bounded = { "iam:PermissionsBoundary": "arn:aws:iam::444455556666:policy/security/Boundary" };
  const refusing = (action: string, resource: string, context: Record<string, string | string[]>) =>
    refusingStatements({ principal, action, resource, context }, scp);

  test("allows a role with tag, boundary and path", async () => {
    expect(await refusing("iam:CreateRole", role, { ...tagged, ...bounded })).toEqual([]);
  });

  test.each([
    ["without the boundary", role, tagged, "RolesNeedTheBoundary"],
    ["without the tag", role, bounded, "ResourcesNeedTheTag"],
    ["outside the path", role.replace("security/", ""), { ...tagged, ...bounded }, "RolesNeedThePath"],
  ])("refuses a role %s", async (_, resource, context, sid) => {
    expect(await refusing("iam:CreateRole", resource, context)).toEqual([sid]);
  });

  test("refuses to take the boundary off", async () => {
    expect(await refusing("iam:DeleteRolePermissionsBoundary", role, bounded)).toEqual([
      "RolesKeepTheBoundary",
    ]);
  });
});
