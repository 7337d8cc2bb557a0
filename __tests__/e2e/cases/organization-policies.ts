import { cpSync } from "node:fs";
import path from "node:path";
import {
  CreateUserCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import type { LabClient } from "../../../lab/client/lab-client";
import type { LabDeployment } from "../../../lab/deployment";
import type { Lab } from "../../../lab/lab";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import { labRolloutYaml, type LabRollout } from "../../../lab/organization/rollout-yaml";
import { runProgram } from "../../../lab/run-program";
import { NAMES } from "../../../stacks/names";
import { documentedPolicy } from "../../support/document-section";
import { labApi } from "../../support/lab/api";
import { waitForOutcome } from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

const USER = "eve";

const DOCUMENT = "organization-policies.md";

/** What the policy of the document asks for. */
export const ASKED_FOR = {
  tags: { CostCenter: "4711" },
  rolePath: "/security/",
  permissionsBoundary: "security/Boundary",
} as const satisfies LabRollout["resources"];

const administrator = (lab: Lab, accountId: string) =>
  labApi(lab.endpoint, lab.credentials(accountId).accessKeyId);

/** Puts the boundary of docs/organization-policies.md into the accounts, and them under its policy. */
export async function prepareOrganizationPolicies(lab: Lab): Promise<void> {
  for (const accountId of [ACCOUNT, SECURITY_ACCOUNT]) {
    await administrator(lab, accountId)("iam", "CreatePolicy", {
      ...{ PolicyName: "Boundary", Path: "/security/" },
      Tags: [{ Key: "CostCenter", Value: "4711" }],
      PolicyDocument: JSON.stringify(documentedPolicy(DOCUMENT, "boundary")),
    });
  }
  const organizations = administrator(lab, LAB_ORGANIZATION.managementAccount.id);
  const { Roots } = (await organizations("organizations", "ListRoots", {})) as { Roots: { Id: string }[] };
  const { Policy } = (await organizations("organizations", "CreatePolicy", {
    ...{ Name: "resources", Description: "Tags, path and boundary", Type: "SERVICE_CONTROL_POLICY" },
    Content: JSON.stringify(documentedPolicy(DOCUMENT, "scp")),
  })) as { Policy: { PolicySummary: { Id: string } } };
  await organizations("organizations", "AttachPolicy", {
    ...{ PolicyId: Policy.PolicySummary.Id, TargetId: Roots[0]?.Id },
  });
}

/** What the cases work with. The account and the security account are deployed with {@link ASKED_FOR}. */
interface Setting {
  readonly lab: Lab;
  readonly client: LabClient;
  readonly deployment: LabDeployment;
  readonly rollout: LabRollout;
}

export function organizationPolicyCases(get: () => Setting): void {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
  const role = { RoleName: "Helper", Path: "/security/", AssumeRolePolicyDocument: trust };
  const Tags = [{ Key: "CostCenter", Value: "4711" }];
  const PermissionsBoundary = `arn:aws:iam::${ACCOUNT}:policy/security/Boundary`;

  test.each([
    ["a role without the boundary", "iam", "CreateRole", { ...role, Tags }],
    ["a role without the tag", "iam", "CreateRole", { ...role, PermissionsBoundary }],
    ["a role outside the path", "iam", "CreateRole", { ...role, Path: "/", Tags, PermissionsBoundary }],
    ["a topic without the tag", "sns", "CreateTopic", { Name: "other" }],
    ["a queue without the tag", "sqs", "CreateQueue", { QueueName: "other" }],
    ["a log group without the tag", "logs", "CreateLogGroup", { logGroupName: "other" }],
  ])("the organization's policy refuses %s", async (_, service, action, params) => {
    await expect(administrator(get().lab, ACCOUNT)(service, action, params)).rejects.toMatchObject({
      code: expect.stringMatching(/AccessDenied|AuthorizationError/) as string,
    });
  });

  test.each([ACCOUNT, SECURITY_ACCOUNT])("every role of %s was deployed as it asks", async (accountId) => {
    const iam = get().client.iam(accountId);
    const { Roles = [] } = await iam.send(new ListRolesCommand({}));
    const own = Roles.filter(({ RoleName }) => RoleName !== ACCESS_ROLE);

    expect(own.length).toBeGreaterThan(0);
    for (const { RoleName } of own) {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      expect(Role).toMatchObject({
        Path: "/security/",
        PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/security/Boundary` },
        Tags: expect.arrayContaining([{ Key: "CostCenter", Value: "4711" }]) as unknown,
      });
    }
  });

  test("rules, which the policy leaves out, have the tag too", async () => {
    const ResourceARN = `arn:aws:events:us-east-1:${ACCOUNT}:rule/${NAMES.detectionRule}`;

    const { Tags: found } = await administrator(get().lab, ACCOUNT)("events", "ListTagsForResource", {
      ResourceARN,
    });

    expect(found).toEqual(expect.arrayContaining([{ Key: "CostCenter", Value: "4711" }]));
  });
}

/** Moves the roles below another path, when nothing else is to come. */
export function rolePathCases(get: () => Setting): void {
  test("under the organization's policy, a new path replaces the roles with their policies", async () => {
    const { client, deployment, rollout } = get();
    const rolePath = `${ASKED_FOR.rolePath}moved/`;
    deployment.configure(labRolloutYaml({ ...rollout, resources: { ...ASKED_FOR, rolePath } }));

    await deployment.deployAtOnce();

    const iam = client.iam(ACCOUNT);
    const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: ASKED_FOR.rolePath }));
    expect(Roles.map(({ RoleName }) => RoleName)).toContain(NAMES.responder);
    for (const { RoleName, Path } of Roles) {
      expect(Path).toBe(rolePath);
      const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: RoleName }));
      expect(policy.PolicyDocument).toBeDefined();
    }
  });

  test("the organization's policy and the new path leave the account answering as before", async () => {
    const { client } = get();
    await client.iam(ACCOUNT).send(new CreateUserCommand({ UserName: USER }));

    // It comes by the new forwarding role to the bus of the security account.
    expect(await waitForOutcome(client, USER)).toMatchObject({ status: "QUARANTINED" });
  });

  test("of a stack that is kept under the organization's policy, Terraform alone plans no change", async () => {
    const { deployment } = get();
    const kept = path.join(deployment.folder, "kept", "stacks", "payments");
    cpSync(path.join(deployment.output, "stacks", "payments"), kept, {
      recursive: true,
      filter: (source) => !source.includes(".terraform"),
    });
    const terraform = async (command: string): Promise<string[]> => {
      const lines: string[] = [];
      await runProgram(deployment.terraformProgram, [command, "-input=false", "-no-color"], {
        cwd: kept,
        environment: deployment.environment,
        onLine: (line) => lines.push(line),
      });
      return lines;
    };
    const changes = async () =>
      (await terraform("plan")).filter((line) => / # .* (will|must) be /.test(line));

    await terraform("init");

    expect(await changes()).toEqual([]);
  });
}
