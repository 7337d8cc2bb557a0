import { matchesArn } from "../../../functions/security-response/verdict/arn-pattern";

const ROLE = "arn:aws:iam::111122223333:role/team/onboarding";

test.each([
  [ROLE, true],
  ["arn:*:iam::*:role/team/onboarding", true],
  ["arn:aws:iam::11112222333?:role/t*m/on*ing", true],
  ["arn:aws:iam:*:111122223333:*/*/*", true],
  ["arn:aws:iam::*:role/*", false],
  ["arn:aws:iam::*", false],
  ["arn:aws:iam::*:*", false],
  ["arn:aws:iam::*:role/team", false],
  ["arn:aws:iam::*:role/team/onboarding/", false],
  ["arn:aws:iam::*:role?team/onboarding", false],
  ["arn:aws:*:role/team/onboarding", false],
  ["*", false],
  ["", false],
  ["arn:aws:iam::111122223333:role/team/Onboarding", false],
])("%p: %p", (pattern, expected) => {
  const matched = matchesArn(pattern, ROLE);

  expect(matched).toBe(expected);
});

test.each([
  ["arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/x:y", false],
  ["arn:aws:iam::*:role/x:y", "arn:aws:iam::111122223333:role/x:y", true],
  ["arn:aws:iam::*:*", "arn:aws:iam::111122223333:root", true],
  ["arn:aws:iam::*:*", "arn:aws:iam::111122223333:/root", false],
  ["arn:aws:iam::*:", "arn:aws:iam::111122223333:", false],
])("%p on %p: %p", (pattern, arn, expected) => {
  const matched = matchesArn(pattern, arn);

  expect(matched).toBe(expected);
});
