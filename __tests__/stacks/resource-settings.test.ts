import { parseRollout } from "../../stacks/config/load";
import { NAMES } from "../../stacks/names";
import { guardDocument } from "../../stacks/policies/guard";
import { EVERY_ROLE_YAML, GUARDED_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

const app = synthesizeYaml(`${EVERY_ROLE_YAML}
tags: { CostCenter: "4711", "Data owner": security@example.com }
rolePath: /platform/security/
permissionsBoundary: security/Boundary
`);

/** Names of the roles that this project deploys; the other names in policies are the configuration's. */
const OWN_ROLES = [
  ...[NAMES.responder, NAMES.hold, NAMES.sweep, NAMES.drill, NAMES.simulation, NAMES.forwardingRole],
  ...[NAMES.notifier, NAMES.securityHubNotifier, NAMES.chatNotifier, NAMES.webhookNotifier],
  NAMES.webhookRole,
];
const stacks = Object.entries(app);
const rolesOf = (stack: string) => resources(app[stack], "aws_iam_role");

describe("tags", () => {
  test.each(stacks)("of the configuration stand beside ours in every resource of %s", (_, { json }) => {
    expect(json.provider.aws[0]?.["default_tags"]).toEqual([
      {
        tags: {
          ManagedBy: "iam-user-quarantine",
          CostCenter: "4711",
          "Data owner": "security@example.com",
        },
      },
    ]);
  });

  test("may give our own tag another value", () => {
    const own = synthesizeYaml(`${EVERY_ROLE_YAML}tags: { ManagedBy: terraform }\n`)["payments"];

    expect(own?.json.provider.aws[0]?.["default_tags"]).toEqual([{ tags: { ManagedBy: "terraform" } }]);
  });
});

describe("roles", () => {
  test("are those of every function, of the rules and of the webhooks", () => {
    const names = stacks.flatMap(([stack]) => rolesOf(stack).map(({ name }) => name));

    expect([...new Set(names)].sort()).toEqual([...OWN_ROLES].sort());
  });

  test.each([
    ["sandbox", "444455556666"],
    ["payments", "777788889999"],
    ["security", "111122223333"],
    ["management", "999988887777"],
  ])("of %s have the path, and the boundary of their own account", (stack, accountId) => {
    expect(rolesOf(stack).length).toBeGreaterThan(0);
    for (const role of rolesOf(stack)) {
      expect(role).toMatchObject({
        path: "/platform/security/",
        permissions_boundary: `arn:aws:iam::${accountId}:policy/security/Boundary`,
      });
    }
  });

  test.each(stacks.filter(([, { text }]) => text.includes("aws_iam_role")))(
    "are named with their path, or with any path, wherever a stack such as %s names them",
    (_, { text }) => {
      const named = [...text.matchAll(/:(role[/*][\w+=,.@/*-]+)/g)].map(([, name = ""]) => name);
      const own = named.filter((name) => OWN_ROLES.some((each) => name.split("/").at(-1) === each));
      const beside = (name: string) => named.includes(name.replace("role/", "role/*/"));

      expect(own.length).toBeGreaterThan(0);
      for (const name of own) {
        expect(/^role(\/platform\/security\/|\*\/|\/\*\/)[\w-]+$/.test(name) || beside(name)).toBe(true);
      }
    },
  );

  test("take their policy along when a new path replaces them", () => {
    const policies = Object.values(app["payments"]?.json.resource["aws_iam_role_policy"] ?? {});

    expect(policies.length).toBeGreaterThan(0);
    // The name of a replaced role is known before: Terraform would see no reason to make the policy anew.
    policies.forEach(({ role }) => expect(role).toMatch(/^\$\{aws_iam_role\.[\w-]+\.id\}$/));
  });

  test("may have a boundary that AWS manages, which is the same in every account", () => {
    const arn = "arn:aws:iam::aws:policy/PowerUserAccess";
    const managed = synthesizeYaml(`${EVERY_ROLE_YAML}permissionsBoundary: ${arn}\n`);

    for (const role of resources(managed["payments"], "aws_iam_role")) {
      expect(role).toMatchObject({ permissions_boundary: arn });
      expect(role).not.toHaveProperty("path");
    }
  });

  test("of another partition have a boundary of it", () => {
    const yaml = `${GUARDED_YAML.replace(/^trust:\n.*\n.*\n/m, "")}partition: aws-us-gov\npermissionsBoundary: Boundary\n`;
    const [role] = resources(synthesizeYaml(yaml)["payments"], "aws_iam_role");

    expect(role?.["permissions_boundary"]).toBe("arn:aws-us-gov:iam::777788889999:policy/Boundary");
  });
});

describe("the functions", () => {
  const variables = (stack: string, name: string) => {
    const found = resources(app[stack], "aws_lambda_function").find((each) => each["function_name"] === name);
    return (found?.["environment"] as { variables: Record<string, string> }).variables;
  };

  test.each([
    ["sandbox", NAMES.responder],
    ["sandbox", NAMES.hold],
    ["sandbox", NAMES.sweep],
    ["sandbox", NAMES.drill],
    ["security", NAMES.notifier],
    ["security", NAMES.chatNotifier],
  ])("of %s know the path: %s", (stack, name) => {
    expect(variables(stack, name)).toMatchObject({ ROLE_PATH: "/platform/security/" });
  });
});

describe("the guard with a path", () => {
  const guard = guardDocument(
    parseRollout("rollout.yaml", `${EVERY_ROLE_YAML}rolePath: /platform/security/\n`, "/p"),
  );
  const statement = (sid: string) => guard.Statement.find(({ Sid }) => Sid === sid);

  test("exempts no role that somebody else could make", () => {
    const exempt = guard.Statement.flatMap(({ Condition }) => [
      ...[Condition?.["ArnNotLike"]?.["aws:PrincipalArn"] ?? []].flat(),
    ]);

    // In the element Resource, the type of a resource takes no wildcard.
    const kept = exempt.flatMap((arn) =>
      arn.includes(":role*/") ? [arn.replace("*/", "/"), arn.replace("*/", "/*/")] : [arn],
    );
    expect(exempt).toContain("arn:aws:iam::*:role*/security-response");
    expect(statement("KeepRoles")?.Resource).toEqual(expect.arrayContaining(kept));
  });
});

test("without these settings, no stack has a trace of them", () => {
  for (const { text } of Object.values(synthesizeYaml(EVERY_ROLE_YAML))) {
    expect(text).not.toMatch(/"path": "\/|permissions_boundary|ROLE_PATH|role\*|role\/\*\//);
  }
});
