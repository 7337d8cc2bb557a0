import {
  GetAccountAuthorizationDetailsCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
} from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { CommandError } from "../../../cli/errors";
import { readAccount, readAccounts } from "../../../cli/users/read-accounts";
import { QUARANTINE_DOCUMENT, TAG_KEYS } from "../../../functions/contract";
import { parseRollout } from "../../../stacks/config/load";
import { iamError } from "../../support/functions/iam-error";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/");
const payments = rollout.accounts.find(({ name }) => name === "payments")!;
const POLICY = "arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine";
const DOCUMENT = encodeURIComponent(JSON.stringify(QUARANTINE_DOCUMENT));

const iam = mockClient(IAMClient);
const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
  lambda.on(GetFunctionConfigurationCommand).resolves({});
  iam.reset();
  iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v1" } });
  iam.on(GetPolicyVersionCommand).resolves({ PolicyVersion: { Document: DOCUMENT } });
  iam
    .on(ListAccessKeysCommand)
    .resolves({ AccessKeyMetadata: [{ AccessKeyId: "AKIA1", Status: "Inactive" }] });
  iam
    .on(GetLoginProfileCommand)
    .rejects(iamError("NoSuchEntity", "Login Profile for User x cannot be found.", 404));
  iam.on(ListSSHPublicKeysCommand).resolves({});
  iam.on(ListServiceSpecificCredentialsCommand).resolves({});
  iam.on(ListSigningCertificatesCommand).resolves({});
  iam.on(ListMFADevicesCommand).resolves({});
});

const user = (UserName: string, account = "777788889999") => ({
  UserName,
  UserId: `AIDA${UserName}`,
  Arn: `arn:aws:iam::${account}:user/${UserName}`,
});
const attached = { AttachedManagedPolicies: [{ PolicyName: "q", PolicyArn: POLICY }] };
const tagged = (status: string) => ({ Tags: [{ Key: TAG_KEYS.status, Value: status }] });
const calls = (command: Parameters<typeof iam.commandCalls>[0]) => iam.commandCalls(command).length;

test("an account is read page by page, and only concerned users that are not free are looked at further", async () => {
  iam
    .on(GetAccountAuthorizationDetailsCommand, { Filter: ["User"] })
    .resolves({
      UserDetailList: [{ ...user("mallory"), ...attached, ...tagged("QUARANTINED") }, user("alice")],
      IsTruncated: true,
      Marker: "2",
    })
    .on(GetAccountAuthorizationDetailsCommand, { Filter: ["User"], Marker: "2" })
    .resolves({
      UserDetailList: [
        { ...user("trudy"), ...tagged("QUARANTINED") },
        { ...user("eve"), ...tagged("RELEASED") },
      ],
    });

  const users = await readAccount(rollout, payments);

  expect(users.map(({ userName, gap }) => ({ userName, gap }))).toEqual([
    { userName: "mallory", gap: [] },
    { userName: "trudy", gap: ["nothing denies the user"] },
    { userName: "eve", gap: [] },
  ]);
  expect(calls(ListAccessKeysCommand)).toBe(2);
  expect(calls(GetPolicyCommand)).toBe(1);
});

test("an account without such users costs one call", async () => {
  iam.on(GetAccountAuthorizationDetailsCommand).resolves({ UserDetailList: [user("alice")] });

  expect(await readAccount(rollout, payments)).toEqual([]);
  expect(iam.calls()).toHaveLength(1);
});

test("a quarantine policy that was changed is a gap of every user that it holds", async () => {
  iam.on(GetPolicyVersionCommand).resolves({ PolicyVersion: { Document: "{}" } });
  iam
    .on(GetAccountAuthorizationDetailsCommand)
    .resolves({ UserDetailList: [{ ...user("mallory"), ...attached, ...tagged("QUARANTINED") }] });

  const [mallory] = await readAccount(rollout, payments);

  expect(mallory).toMatchObject({
    gap: ["the quarantine policy was changed and denies nothing"],
    deniedBy: ["managed-policy"],
    unread: [],
  });
});

test("what the role may not read is said, for the policy too", async () => {
  const refused = iamError("AccessDenied", "not for you", 403);
  iam.on(GetPolicyCommand).rejects(refused);
  iam.on(ListAccessKeysCommand).rejects(refused);
  iam
    .on(GetAccountAuthorizationDetailsCommand)
    .resolves({ UserDetailList: [{ ...user("mallory"), ...attached, ...tagged("QUARANTINED") }] });

  const [mallory] = await readAccount(rollout, payments);

  expect(mallory?.unread).toEqual([
    "read access keys: AccessDenied: not for you",
    "quarantine policy could not be checked: AccessDenied: not for you",
  ]);
});

test("an account whose role leads to another one is an error, and the users there are not reported as its own", async () => {
  iam.on(GetAccountAuthorizationDetailsCommand).resolves({ UserDetailList: [user("alice", "444455556666")] });

  await expect(readAccount(rollout, payments)).rejects.toThrow(
    "the answer lists a user of another account, arn:aws:iam::444455556666:user/alice",
  );
});

test("an account that cannot be read is an error, never an account without users, and stops no other", async () => {
  iam
    .on(GetAccountAuthorizationDetailsCommand)
    .rejectsOnce(iamError("AccessDenied", "Access denied", 403))
    .resolves({ UserDetailList: [] });

  const readings = await readAccounts(rollout, rollout.accounts, 1);

  expect(readings.map(({ kind }) => kind)).toEqual(["unreadable", "read", "read", "read"]);
  expect(readings[0]).toMatchObject({
    error:
      "444455556666: its IAM users could not be listed as arn:aws:iam::444455556666:role/OrganizationAccountAccessRole: AccessDenied: Access denied",
  });
  iam.on(GetAccountAuthorizationDetailsCommand).rejects(iamError("AccessDenied", "Access denied", 403));
  await expect(readAccount(rollout, payments)).rejects.toThrow(CommandError);
});
