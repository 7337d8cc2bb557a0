import { TAG_KEYS } from "../../../functions/contract";
import { AGES_MS } from "../../../functions/security-response/containment/durations";
import {
  formerBoundary,
  releaseCountsIn,
  releaseGapOf,
  type Release,
} from "../../../functions/security-response/containment/release-gap";
import type { UserState } from "../../../functions/security-response/containment/user-state";
import { encodeArn } from "../../../functions/shared/alert/former-boundary";

const POLICY = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";
const BOUNDARY = "arn:aws:iam::111122223333:policy/teams/a,b/Boundary";
const NOW = Date.parse("2026-06-01T12:00:00Z");

const desired: Release = {
  policyArn: POLICY,
  facts: {
    releasedBy: "alice",
    approvedBy: "bob",
    releaseReason: "onboarding, TICKET-12",
    releasedAt: "2026-06-01T12:00:00.000Z",
  },
  reactivate: [{ credential: "access key", id: "AKIA1" }],
};
const tag = (key: keyof typeof TAG_KEYS, Value: string) => ({ Key: TAG_KEYS[key], Value });
const RELEASED = [
  tag("status", "RELEASED"),
  tag("releasedBy", "alice"),
  tag("approvedBy", "bob"),
  tag("releaseReason", "onboarding_ TICKET-12"),
  tag("releasedAt", "2026-06-01T12:00:00.000Z"),
];
const held: UserState = {
  tags: [tag("status", "QUARANTINED")],
  attachedPolicies: [{ name: "AutomatedSecurityQuarantine", arn: POLICY }],
  inlineDeny: true,
  boundary: POLICY,
  accessKeys: [
    { id: "AKIA1", active: false },
    { id: "AKIA2", active: false },
  ],
};

test("the tags come first, and alone", () => {
  expect(releaseGapOf(held, desired)).toEqual([{ kind: "tag", tags: RELEASED, remove: [] }]);
});

test("once they stand, every deny of ours comes off, and only the credentials that were asked for", () => {
  expect(releaseGapOf({ ...held, tags: RELEASED }, desired)).toEqual([
    { kind: "lift", method: "managed-policy" },
    { kind: "lift", method: "inline-policy" },
    { kind: "lift", method: "permissions-boundary" },
    { kind: "reactivate", credential: "access key", id: "AKIA1" },
  ]);
});

test("a quarantine policy that was tampered with comes off too", () => {
  const [step] = releaseGapOf({ ...held, policyDenies: false, tags: RELEASED }, desired);

  expect(step).toEqual({ kind: "lift", method: "managed-policy" });
});

test("an inline policy of our name that is not the deny is left alone", () => {
  const foreign = { tags: RELEASED, inlinePolicies: ["AutomatedSecurityQuarantine"], inlineDeny: false };

  expect(releaseGapOf(foreign, desired)).toEqual([]);
});

test("the end of an earlier release, and keys in another spelling, are removed", () => {
  const tags = [
    ...RELEASED,
    tag("releasedUntil", "2026-05-01T00:00:00Z"),
    { Key: "securitystatus", Value: "x" },
  ];

  expect(releaseGapOf({ tags }, desired)).toEqual([
    { kind: "tag", tags: [], remove: ["securitystatus", TAG_KEYS.releasedUntil] },
  ]);
});

test("a release with an end says so", () => {
  const until = { ...desired, facts: { ...desired.facts, releasedUntil: "2026-06-02T12:00:00.000Z" } };

  expect(releaseGapOf({ tags: RELEASED }, until)).toEqual([
    { kind: "tag", tags: [tag("releasedUntil", "2026-06-02T12:00:00.000Z")], remove: [] },
  ]);
});

test.each<[string, string, string | undefined]>([
  ["a policy of the account", encodeArn(BOUNDARY), BOUNDARY],
  ["a policy of AWS", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
  ["none", "none", undefined],
  ["nothing", "", undefined],
  ["words", "longer than a tag: see CloudTrail", undefined],
  ["a policy of another account", "arn:aws:iam::444455556666:policy/Boundary", undefined],
  ["a role", "arn:aws:iam::111122223333:role/Boundary", undefined],
  ["the quarantine policy", POLICY, undefined],
])("when the tag names %s, the boundary to put back is %s", (_what, value, expected) => {
  const tags = [...RELEASED, tag("formerBoundary", value)];

  expect(formerBoundary(tags, POLICY)).toBe(expected);
  expect(releaseGapOf({ tags, boundary: POLICY }, desired)).toEqual([
    {
      kind: "lift",
      method: "permissions-boundary",
      ...(expected !== undefined && { formerBoundary: expected }),
    },
  ]);
});

test.each([
  ["right after the quarantine", "2026-06-01T12:00:00Z", AGES_MS.fresh],
  ["a minute later", "2026-06-01T11:59:00Z", AGES_MS.fresh - 60_000],
  ["an hour later", "2026-06-01T11:00:00Z", 0],
  ["with a time in the future, which somebody wrote", "2027-01-01T00:00:00Z", AGES_MS.fresh],
  ["without a time", "", 0],
])("%s, a release counts in so many milliseconds", (_when, time, wait) => {
  expect(releaseCountsIn([tag("time", time)], NOW)).toBe(wait);
});
