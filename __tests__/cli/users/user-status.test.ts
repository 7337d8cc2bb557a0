import type { UserDetail } from "@aws-sdk/client-iam";
import { isConcerned, isFree, isQuarantined, statusOf } from "../../../cli/users/user-status";
import { QUARANTINE_DOCUMENT, TAG_KEYS } from "../../../functions/contract";
import { stateOfDetail } from "../../../functions/security-response/containment/state-of-detail";
import type { UserState } from "../../../functions/security-response/containment/user-state";

const POLICY = "arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine";
const LOOKALIKE = "arn:aws:iam::444455556666:policy/AutomatedSecurityQuarantine";
const NOW = Date.parse("2026-06-01T12:00:00Z");
const SETTINGS = { policyArn: POLICY, deactivateAccessKeys: true, deleteLoginProfile: false };

const tag = (key: keyof typeof TAG_KEYS, Value: string) => ({ Key: TAG_KEYS[key], Value });
const inlinePolicy = (document: object) => ({
  UserPolicyList: [
    {
      PolicyName: "AutomatedSecurityQuarantine",
      PolicyDocument: encodeURIComponent(JSON.stringify(document)),
    },
  ],
});
const attached = { AttachedManagedPolicies: [{ PolicyName: "q", PolicyArn: POLICY }] };
const bounded = { PermissionsBoundary: { PermissionsBoundaryArn: POLICY } };
const QUARANTINED = { Tags: [tag("status", "QUARANTINED")] };
const RELEASED = { Tags: [tag("status", "RELEASED")] };
const ENDED = { Tags: [tag("status", "RELEASED"), tag("releasedUntil", "2026-06-01T11:00:00.000Z")] };
/** What is read beside the listing, of a user with nothing left. */
const CLEAN: UserState = {
  accessKeys: [{ id: "AKIA1", active: false }],
  consolePassword: false,
  sshPublicKeys: [],
  serviceCredentials: [],
  signingCertificates: [],
  mfaDevices: [],
  policyDenies: true,
};
const status = (user: UserDetail, more: UserState = {}) =>
  statusOf("mallory", { ...stateOfDetail(user), ...CLEAN, ...more }, SETTINGS, NOW);

test.each<[string, UserDetail, UserState, string[]]>([
  ["a quarantined user", { ...attached, ...QUARANTINED }, {}, []],
  ["one denied by an inline policy", { ...inlinePolicy(QUARANTINE_DOCUMENT), ...QUARANTINED }, {}, []],
  ["one denied by its boundary", { ...bounded, ...QUARANTINED }, {}, []],
  ["tags without any deny", QUARANTINED, {}, ["nothing denies the user"]],
  [
    "an inline policy of our name that denies nothing",
    { ...inlinePolicy({ Statement: [] }), ...QUARANTINED },
    {},
    ["nothing denies the user"],
  ],
  [
    "an active key",
    { ...attached, ...QUARANTINED },
    { accessKeys: [{ id: "AKIA2", active: true }] },
    ["access key AKIA2 is active"],
  ],
  [
    "a changed quarantine policy",
    { ...attached, ...QUARANTINED },
    { policyDenies: false },
    ["the quarantine policy was changed and denies nothing"],
  ],
  [
    "a changed quarantine policy beside an inline deny",
    { ...attached, ...inlinePolicy(QUARANTINE_DOCUMENT), ...QUARANTINED },
    { policyDenies: false },
    [],
  ],
  ["a deny without tags", attached, {}, ["the tag SecurityStatus is missing"]],
  [
    "a deny that could not be verified",
    { ...attached, Tags: [tag("status", "QUARANTINE_FAILED")] },
    {},
    ["the tag SecurityStatus says QUARANTINE_FAILED"],
  ],
  ["a released user", RELEASED, {}, []],
  [
    "a release that was stopped half-way",
    { ...attached, ...RELEASED },
    {},
    ["released, but still denied by managed-policy: release it again"],
  ],
  [
    "a release that has ended",
    ENDED,
    {},
    ["the release ended at 2026-06-01T11:00:00.000Z", "nothing denies the user"],
  ],
])("the gap of %s", (_name, user, more, gap) => {
  expect(status(user, more).gap).toEqual(gap);
});

test("a key may be active where the account leaves keys alone, and a password where it does not", () => {
  const state = { ...stateOfDetail({ ...attached, ...QUARANTINED }), ...CLEAN };
  const open = { accessKeys: [{ id: "AKIA2", active: true }], consolePassword: true };
  const gap = (deactivateAccessKeys: boolean, deleteLoginProfile: boolean) =>
    statusOf("m", { ...state, ...open }, { policyArn: POLICY, deactivateAccessKeys, deleteLoginProfile }, NOW)
      .gap;

  expect(gap(false, false)).toEqual([]);
  expect(gap(true, true)).toEqual(["access key AKIA2 is active", "the console password is there"]);
});

test("what could not be read is no gap, and is not left out", () => {
  const unread = ["read access keys: AccessDenied: no"];
  const state: UserState = {
    ...stateOfDetail({ ...attached, ...QUARANTINED }),
    ...CLEAN,
    accessKeys: undefined,
  };

  expect(statusOf("m", state, SETTINGS, NOW, unread)).toMatchObject({
    gap: [],
    unread,
    open: ["access keys could not be checked"],
  });
});

test.each<[string, UserDetail, boolean]>([
  ["like any other", {}, false],
  ["with the policy of another account", { AttachedManagedPolicies: [{ PolicyArn: LOOKALIKE }] }, false],
  ["with an inline policy of our name that is not the deny", inlinePolicy({ Statement: [] }), false],
  ["with a deny", attached, true],
  ["with a tag in another spelling", { Tags: [{ Key: "securitystatus", Value: "" }] }, true],
])("a user %s is shown: %s", (_name, user, shown) => {
  expect(isConcerned(stateOfDetail(user), POLICY)).toBe(shown);
});

test.each<[string, UserDetail, { free: boolean; quarantined: boolean }]>([
  ["with a deny", { ...attached, ...QUARANTINED }, { free: false, quarantined: true }],
  ["with nothing but tags", QUARANTINED, { free: false, quarantined: true }],
  ["who was released", RELEASED, { free: true, quarantined: false }],
  ["who was released half-way", { ...bounded, ...RELEASED }, { free: false, quarantined: true }],
])("of a user %s, more is read and an account is not retired", (_name, user, expected) => {
  const state = stateOfDetail(user);

  expect({ free: isFree(state, POLICY, NOW), quarantined: isQuarantined(status(user)) }).toEqual(expected);
});

test("tags say who, when and why", () => {
  const user = {
    Tags: [
      tag("status", "RELEASED"),
      tag("time", "2026-05-01T00:00:00.000Z"),
      tag("createdBy", "arn:aws:iam::777788889999:user/eve"),
      tag("sourceIp", "192.0.2.7"),
      tag("releasedBy", "alice"),
      tag("approvedBy", "bob"),
      tag("releaseReason", "onboarding"),
      tag("releasedAt", "2026-05-02T00:00:00.000Z"),
    ],
  };

  expect(status(user)).toMatchObject({
    since: "2026-05-01T00:00:00.000Z",
    createdBy: "arn:aws:iam::777788889999:user/eve",
    sourceIp: "192.0.2.7",
    released: { by: "alice", approvedBy: "bob", reason: "onboarding", until: "" },
    open: [],
  });
});
