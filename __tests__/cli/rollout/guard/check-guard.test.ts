import { checkGuard, type GuardLookup } from "../../../../cli/rollout/guard/check-guard";
import { TerraformError } from "../../../../cli/terraform/fault";
import { parseRollout } from "../../../../stacks/config/load";
import { GUARDED_YAML } from "../../../support/stacks/sample";

const rollout = (more = "") => parseRollout("rollout.yaml", `${GUARDED_YAML}${more}`, "/project");
const BREAK_GLASS = "security/QuarantineBreakGlass";
const arn = (accountId: string, role: string) => `arn:aws:iam::${accountId}:role/${role}`;

/** An organization in which everything is as the guard needs it. */
const good: GuardLookup = {
  policyTypeStatus: () => Promise.resolve("ENABLED"),
  attachedPolicies: () => Promise.resolve(["FullAWSAccess"]),
  roleArn: (accountId, name) =>
    Promise.resolve(arn(accountId, name === "QuarantineBreakGlass" ? BREAK_GLASS : name)),
};

async function faultOf(checking: Promise<unknown>): Promise<string> {
  const error: unknown = await checking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TerraformError);
  return (error as TerraformError).fault.cause;
}

test("says how many attachments there are, and how many are left where fewest are", async () => {
  const lookup: GuardLookup = {
    ...good,
    attachedPolicies: (id) =>
      Promise.resolve(
        id === "777788889999" ? Array.from({ length: 7 }, (_, i) => `p${i}`) : ["FullAWSAccess"],
      ),
  };

  expect(await checkGuard(rollout(), lookup)).toEqual([
    "The guard: 3 attachments; where fewest are left, 2 more service control policies can be attached.",
  ]);
});

test("a guard that is attached already needs no further place", async () => {
  const ten = ["security-response-guard", ...Array.from({ length: 9 }, (_, i) => `p${i}`)];

  await expect(
    checkGuard(rollout(), { ...good, attachedPolicies: () => Promise.resolve(ten) }),
  ).resolves.toEqual([expect.stringContaining("0 more")]);
});

test.each<[string, Partial<GuardLookup>, string]>([
  [
    "service control policies are off",
    { policyTypeStatus: () => Promise.resolve(undefined) },
    "service control policies are not enabled in the organization",
  ],
  [
    "a target is full",
    { attachedPolicies: () => Promise.resolve(Array.from({ length: 10 }, (_, i) => `p${i}`)) },
    "the account payments (777788889999) has 10 service control policies, and may have 10",
  ],
  [
    "the break-glass role is missing",
    {
      roleArn: (accountId, name) =>
        Promise.resolve(
          name === "QuarantineBreakGlass"
            ? accountId === "444455556666"
              ? undefined
              : arn(accountId, BREAK_GLASS)
            : arn(accountId, name),
        ),
    },
    `the account sandbox (444455556666) has no role ${arn("444455556666", BREAK_GLASS)}`,
  ],
  [
    "the break-glass role is in another path",
    { roleArn: (accountId, name) => Promise.resolve(arn(accountId, name)) },
    `has no role ${arn("111122223333", BREAK_GLASS)}, only ${arn("111122223333", "QuarantineBreakGlass")}`,
  ],
])("is refused when %s, with the place", async (_, changed, expected) => {
  const cause = await faultOf(checkGuard(rollout(), { ...good, ...changed }));

  expect(cause).toContain(expected);
  expect(cause).toContain("Nothing was changed.");
});

test("what could not be looked up is refused too", async () => {
  const lookup: GuardLookup = { ...good, roleArn: () => Promise.reject(new Error("AccessDenied")) };

  expect(await faultOf(checkGuard(rollout(), lookup))).toMatch(/could not be checked: Error: AccessDenied/);
});

test("with units, the roles are looked up in every account of the configuration", async () => {
  const asked = new Set<string>();
  const lookup: GuardLookup = {
    ...good,
    roleArn: (accountId, name) => {
      asked.add(accountId);
      return good.roleArn(accountId, name);
    },
  };

  await checkGuard(rollout('  organizationalUnits: ["ou-ab12-11111111"]\n'), lookup);

  expect(asked.size).toBe(5);
});
