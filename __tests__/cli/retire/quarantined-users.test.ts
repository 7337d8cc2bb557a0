import { GetAccountAuthorizationDetailsCommand, IAMClient, type UserDetail } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { CommandError } from "../../../cli/errors";
import { listQuarantined } from "../../../cli/retire/list-quarantined";
import { quarantineOf } from "../../../cli/retire/quarantined-users";
import { INLINE_POLICY_NAME, TAG_KEYS, TAG_STATUS } from "../../../functions/contract";
import { parseRollout } from "../../../stacks/config/load";
import { iamError } from "../../support/functions/iam-error";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const POLICY = "arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine";
const LOOKALIKE = "arn:aws:iam::444455556666:policy/AutomatedSecurityQuarantine";
const TAG = { Key: TAG_KEYS.status, Value: TAG_STATUS.quarantined };

const attached = { AttachedManagedPolicies: [{ PolicyArn: POLICY }] };
const inline = { UserPolicyList: [{ PolicyName: INLINE_POLICY_NAME }] };
const bounded = { PermissionsBoundary: { PermissionsBoundaryArn: POLICY } };
const tagged = { Tags: [{ Key: "team", Value: "payments" }, TAG] };

const heldBy = (user: UserDetail) => quarantineOf({ UserName: "mallory", ...user }, POLICY)?.heldBy;

test.each<[string, UserDetail, string[]]>([
  ["the policy", attached, ["policy attached"]],
  ["the inline deny", inline, ["inline policy"]],
  ["the boundary", bounded, ["permissions boundary"]],
  [
    "all of them",
    { ...attached, ...inline, ...bounded },
    ["policy attached", "inline policy", "permissions boundary"],
  ],
  ["the policy and its tag", { ...attached, ...tagged }, ["policy attached"]],
  ["a tag without any deny, which someone may have removed", tagged, ["tag"]],
])("held by %s", (_name, user, how) => {
  expect(heldBy(user)).toEqual(how);
});

test.each<[string, UserDetail]>([
  ["a user like any other", {}],
  ["a released user", { Tags: [{ Key: TAG_KEYS.status, Value: "RELEASED" }] }],
  ["a user with the policy of another account", { AttachedManagedPolicies: [{ PolicyArn: LOOKALIKE }] }],
  ["a user with other policies", { UserPolicyList: [{ PolicyName: "S3Access" }] }],
])("%s is not held", (_name, user) => {
  expect(heldBy(user)).toBeUndefined();
});

describe("an account", () => {
  const iam = mockClient(IAMClient);
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/");
  beforeEach(() => iam.reset());

  const user = (UserName: string, account = "777788889999") => ({
    UserName,
    Arn: `arn:aws:iam::${account}:user/${UserName}`,
  });

  test("whose role leads to another account is an error, and the users there are not reported as its own", async () => {
    iam
      .on(GetAccountAuthorizationDetailsCommand)
      .resolves({ UserDetailList: [user("alice", "444455556666")] });

    await expect(listQuarantined(rollout, "777788889999")).rejects.toThrow(
      "the answer lists a user of another account, arn:aws:iam::444455556666:user/alice",
    );
  });

  test("is read page by page, users alone", async () => {
    iam
      .on(GetAccountAuthorizationDetailsCommand, { Filter: ["User"] })
      .resolves({ UserDetailList: [{ ...user("mallory"), ...attached }], IsTruncated: true, Marker: "2" })
      .on(GetAccountAuthorizationDetailsCommand, { Filter: ["User"], Marker: "2" })
      .resolves({ UserDetailList: [user("alice"), { ...user("trudy"), ...tagged }] });

    expect(await listQuarantined(rollout, "777788889999")).toEqual([
      { userName: "mallory", heldBy: ["policy attached"] },
      { userName: "trudy", heldBy: ["tag"] },
    ]);
  });

  test("that cannot be read is an error, never an account without users", async () => {
    iam.rejects(iamError("AccessDenied", "Access denied", 403));

    const listed = listQuarantined(rollout, "777788889999");

    await expect(listed).rejects.toThrow(CommandError);
    await expect(listed).rejects.toThrow(
      "777788889999: its IAM users could not be listed as arn:aws:iam::777788889999:role/OrganizationAccountAccessRole: ",
    );
  });
});
