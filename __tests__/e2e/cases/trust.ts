import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  AttachRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { LabClient } from "../../../lab/client/lab-client";
import type { UserCredentials } from "../../../lab/organization/seed";
import { NAMES } from "../../../stacks/names";
import { alertsAbout, policiesOf, tagsOf, waitForAlerts, waitForOutcome } from "./looks";
import {
  ACCOUNT,
  OBSERVED_ACCOUNT,
  OTHER_ACCOUNT,
  TRUSTED_ROLE,
  TRUSTED_USER,
  type Organization,
} from "./organization";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A user whose name begins like the trusted one's. */
const LOOKALIKE = "jackson";

const keys = new Map<string, UserCredentials>();

/** Creates the creators before anything is deployed: later they would be quarantined themselves. */
export async function prepareCreators(client: LabClient): Promise<void> {
  for (const UserName of [TRUSTED_USER, LOOKALIKE]) {
    const iam = client.iam(ACCOUNT);
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: ADMINISTRATOR }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
    keys.set(UserName, { accessKeyId, secretAccessKey });
  }
  for (const accountId of [ACCOUNT, OTHER_ACCOUNT]) {
    const iam = client.iam(accountId);
    await iam.send(
      new CreateRoleCommand({
        RoleName: TRUSTED_ROLE,
        AssumeRolePolicyDocument: JSON.stringify(trusting(accountId)),
      }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: TRUSTED_ROLE, PolicyArn: ADMINISTRATOR }));
  }
}

function trusting(accountId: string) {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] };
}

/** Creators that are trusted, and those that only look like them. */
export function trustCases(organization: Organization): void {
  const client = () => organization.client;
  const keyOf = (userName: string): UserCredentials => {
    const found = keys.get(userName);
    if (found === undefined) {
      throw new Error(`No key was made for ${userName}.`);
    }
    return found;
  };
  const createAs = async (accountId: string, credentials: UserCredentials, UserName: string) => {
    await client().iam(accountId, credentials).send(new CreateUserCommand({ UserName }));
  };

  test("a trusted user's creation is left alone, and recorded", async () => {
    const userName = organization.newUserName("trusted");

    await createAs(ACCOUNT, keyOf(TRUSTED_USER), userName);
    const outcome = await waitForOutcome(client(), userName);

    expect(outcome).toMatchObject({ status: "TRUSTED", alerted: false });
    expect(outcome.verdict.rule).toContain("creators[0]");
    expect(await policiesOf(client().iam(ACCOUNT), userName)).toEqual([]);
    expect(await tagsOf(client().iam(ACCOUNT), userName)).toEqual({});
    expect(await alertsAbout(client(), ACCOUNT, userName)).toEqual([]);
  });

  test("a trusted role's creation is left alone", async () => {
    const userName = organization.newUserName("trusted-role");

    await createAs(ACCOUNT, await client().assumeRole(ACCOUNT, TRUSTED_ROLE), userName);
    const outcome = await waitForOutcome(client(), userName);

    expect(outcome.status).toBe("TRUSTED");
    expect(await policiesOf(client().iam(ACCOUNT), userName)).toEqual([]);
  });

  test("a creator whose name begins like a trusted one's is not trusted", async () => {
    const userName = organization.newUserName("lookalike");

    await createAs(ACCOUNT, keyOf(LOOKALIKE), userName);
    const outcome = await waitForOutcome(client(), userName);

    expect(outcome).toMatchObject({
      status: "QUARANTINED",
      createdBy: `arn:aws:iam::${ACCOUNT}:user/${LOOKALIKE}`,
    });
    expect(await policiesOf(client().iam(ACCOUNT), userName)).toEqual([NAMES.quarantinePolicy]);
  });

  test("a role of the same name in another account is not trusted", async () => {
    const userName = organization.newUserName("other-account");

    await createAs(OTHER_ACCOUNT, await client().assumeRole(OTHER_ACCOUNT, TRUSTED_ROLE), userName);
    const outcome = await waitForOutcome(client(), userName);

    expect(outcome.status).toBe("QUARANTINED");
  });

  test("an observed account is alerted, and nothing in it is touched", async () => {
    const userName = organization.newUserName("observed");
    const iam = client().iam(OBSERVED_ACCOUNT);

    await iam.send(new CreateUserCommand({ UserName: userName }));
    await waitForOutcome(client(), userName);
    const [alert] = await waitForAlerts(client(), OBSERVED_ACCOUNT, userName);

    expect(alert).toMatchObject({ status: "OBSERVED", method: "none", failed: [] });
    expect(await policiesOf(iam, userName)).toEqual([]);
    expect(await tagsOf(iam, userName)).toEqual({});
  });
}
