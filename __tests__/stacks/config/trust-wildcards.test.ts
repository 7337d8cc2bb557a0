import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const withArn = (arn: string) => SAMPLE_YAML.replace("arn:aws:iam::*:role/UserOnboarding", arn);
const warnings = (arn: string) => parseRollout("rollout.yaml", withArn(arn), "/project").warnings;

test("a wildcard in place of the account is warned about, with its place, the attack and what to write", () => {
  expect(warnings("arn:aws:iam::*:role/UserOnboarding")).toEqual([
    "rollout.yaml:10:12 trust.creators[0].arn: arn:aws:iam::*:role/UserOnboarding trusts a role named UserOnboarding " +
      "in any account that * stands for, and where there is no such role yet, anybody who may create roles there can " +
      "make one, and with it users that are never quarantined. Write the id of the account in place of *, in an entry " +
      "below the trust of each account that has the role.",
  ]);
});

test.each([
  [
    "arn:aws:iam::111122223333:role/deploy-*",
    /trusts every role whose path and name match deploy-\* in 111122223333: anybody who may create roles there.*Write the exact name of each role\.$/,
  ],
  ["arn:aws:iam::111122223333:role/*/deploy", /whose path and name match \*\/deploy in/],
  ["arn:aws:iam::11112222333?:role/deploy", /in any account that 11112222333\? stands for/],
  ["arn:aws:iam::111122223333:user/ci-*", /every user .* anybody who may create or rename users there/],
  ["arn:aws:sts::*:assumed-role/deploy/*", /a role named deploy in any account/],
  [
    "arn:aws:iam::*:role/deploy-*",
    /Write the exact name of each role and the id of the account in place of \*/,
  ],
])("%s is warned about", (arn, text) => {
  expect(warnings(arn)).toEqual([expect.stringMatching(text)]);
});

test.each([
  "arn:aws:iam::111122223333:role/UserOnboarding",
  "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
  // The caller chooses the name of a session, and the role is exact.
  "arn:aws:sts::111122223333:assumed-role/UserOnboarding/*",
])("%s, which no attacker can make, is not", (arn) => {
  expect(warnings(arn)).toEqual([]);
});

test("an account's own trust is looked at too", () => {
  const yaml = withArn("arn:aws:iam::111122223333:role/UserOnboarding").replace(
    "    mode: observe\n",
    '    mode: observe\n    trust: { creators: [{ arn: "arn:aws:iam::*:role/Deploy" }] }\n',
  );

  expect(parseRollout("rollout.yaml", yaml, "/project").warnings).toEqual([
    expect.stringMatching(/^rollout\.yaml:\d+:\d+ accounts\[2\]\.trust\.creators\[0\]\.arn: /),
  ]);
});
