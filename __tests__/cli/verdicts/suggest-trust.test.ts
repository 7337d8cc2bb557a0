import { stringify } from "yaml";
import { replay, type Replay } from "../../../cli/verdicts/replay";
import type { Suggestion } from "../../../cli/verdicts/suggest-trust";
import { parseRollout } from "../../../stacks/config/load";
import { loadFixture } from "../../support/load-fixture";

const ACCOUNT = "111122223333";
const NOW = Date.parse("2026-11-30T00:00:00Z");
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ci/provisioner`;

const yamlOf = (trust?: object) => `
organizationId: o-exampleorgid
securityAccount: { id: "999922223333" }
waves: [canary]
accounts:
  - name: payments
    id: "${ACCOUNT}"
    wave: canary
    ${trust === undefined ? "" : `trust: ${JSON.stringify(trust)}`}
`;

interface Created {
  readonly name?: string;
  readonly path?: string;
  readonly role?: string;
  readonly session?: string;
  readonly invokedBy?: string;
  readonly mfa?: boolean;
  readonly console?: boolean;
}

/** A record of CreateUser by a session of a role. */
function created({ name = "svc-a", path = "/", role = ROLE, session = "run", ...more }: Created) {
  const { detail } = loadFixture("events/by-assumed-role") as { detail: Record<string, unknown> };
  const identity = detail["userIdentity"] as Record<string, unknown>;
  return {
    ...detail,
    eventID: `${name}-${path}-${session}`,
    userIdentity: {
      ...identity,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.split("/").at(-1)}/${session}`,
      ...(more.invokedBy !== undefined && { invokedBy: more.invokedBy }),
      sessionContext: {
        sessionIssuer: { type: "Role", arn: role, accountId: ACCOUNT },
        attributes: { mfaAuthenticated: String(more.mfa ?? false) },
      },
    },
    ...(more.console === true && { sessionCredentialFromConsole: "true" }),
    requestParameters: { userName: name, path },
    responseElements: {
      user: {
        userName: name,
        path,
        arn: `arn:aws:iam::${ACCOUNT}:user${path}${name}`,
        userId: "AIDACKCEVSQ6C2EXAMPLE",
      },
    },
  };
}

function judged(records: readonly Record<string, unknown>[], trust?: object): Replay {
  return replay(records, parseRollout("rollout.yaml", yamlOf(trust), "/"), () => undefined, NOW);
}

const entriesOf = ({ suggestions }: Replay) =>
  suggestions
    .flatMap((each) => each.suggestions)
    .filter((each): each is Suggestion => each.kind === "suggested");

const named = (...names: string[]) => names.map((name) => created({ name }));

/** What was created, and the narrowest entry that covers it. */
const CASES: readonly [string, readonly Record<string, unknown>[], object][] = [
  ["one user: its exact name and path", named("svc-a"), { arn: ROLE, paths: ["/"], names: ["svc-a"] }],
  [
    "several: what the names begin with",
    named("ses-smtp-1", "ses-smtp-2"),
    { arn: ROLE, paths: ["/"], names: ["ses-smtp-*"] },
  ],
  [
    "several: what the names end with",
    named("a-deployer", "bee-deployer"),
    { arn: ROLE, paths: ["/"], names: ["*-deployer"] },
  ],
  [
    "a common letter names nothing",
    named("anna", "alf"),
    { arn: ROLE, paths: ["/"], names: ["alf", "anna"] },
  ],
  [
    "many names without anything in common: any name",
    named("a1", "b2", "c3", "d4", "e5", "f6"),
    { arn: ROLE, paths: ["/"] },
  ],
  [
    "each path of few",
    [created({ path: "/service/" }), created({ path: "/apps/" })],
    { arn: ROLE, paths: ["/apps/", "/service/"], names: ["svc-a"] },
  ],
  [
    "the folder of many paths",
    ["a", "b", "c", "d", "e", "f"].map((team) => created({ path: `/teams/${team}/` })),
    { arn: ROLE, paths: ["/teams/*"], names: ["svc-a"] },
  ],
  [
    "the service that called",
    [created({ invokedBy: "cloudformation.amazonaws.com" })],
    { arn: ROLE, invokedBy: "cloudformation.amazonaws.com", paths: ["/"], names: ["svc-a"] },
  ],
];

test.each(CASES)("%s", (_what, records, entry) => {
  const suggested = entriesOf(judged(records));

  expect(suggested.map((each) => each.entry)).toEqual([entry]);
  expect(suggested[0]?.attacker[0]).toContain(`Anyone who gets a session of ${ROLE}`);
  // Pasted, it covers what it was made from: the same code judges again.
  const after = judged(records, { creators: [entry] });
  expect(after.creations.map(({ verdict }) => verdict.action)).toEqual(records.map(() => "trust"));
  expect(after.suggestions).toEqual([]);
  expect(stringify([entry])).toContain(ROLE);
});

test("a call by a service and one without are two entries: the second is not let in by the first", () => {
  const records = [created({ invokedBy: "cloudformation.amazonaws.com" }), created({ name: "x-1" })];

  expect(entriesOf(judged(records)).map(({ entry }) => entry.names)).toEqual([["svc-a"], ["x-1"]]);
});

const SSO = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`;

test.each<[string, Record<string, unknown>, RegExp]>([
  ["Identity Center", created({ role: SSO }), /a person used the role .*permission sets/],
  ["MFA", created({ mfa: true }), /a person used the role .*with MFA/],
  ["the console", created({ console: true }), /a person used the role .*console/],
  ["a mail address", created({ session: "eve@example.com" }), /a person used the role .*eve@example\.com/],
  ["a user's key", loadFixture("events/by-iam-user"), /long-lived key/],
  ["root", loadFixture("events/by-root"), /root user/],
  ["a federated user", loadFixture("events/by-federated-user"), /no role/],
  ["a service", loadFixture("events/by-aws-service"), /no role/],
  [
    "the drill",
    created({ path: "/quarantine-drill/", role: `arn:aws:iam::${ACCOUNT}:role/quarantine-drill` }),
    /every drill would fail/,
  ],
  [
    "the drill below the path of the roles",
    created({ path: "/quarantine-drill/", role: `arn:aws:iam::${ACCOUNT}:role/security/quarantine-drill` }),
    /every drill would fail/,
  ],
  ["a path with a wildcard in it", created({ path: "/a*b/" }), /no entry that is narrow enough/],
])("nothing is suggested for %s, and the reason is given", (_who, record, why) => {
  const result = judged([record]);

  expect(entriesOf(result)).toEqual([]);
  expect(result.suggestions[0]?.suggestions).toMatchObject([
    { kind: "not-suggested", why: expect.stringMatching(why), instead: expect.stringMatching(/\w/) },
  ]);
});

test("one session of a person spoils the role, whatever the others show", () => {
  expect(entriesOf(judged([...named("svc-a", "svc-b"), created({ name: "svc-c", mfa: true })]))).toEqual([]);
});

test("an entry for a role that may undo a quarantine says so", () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/OrganizationAccountAccessRole`;
  const [powerful] = entriesOf(judged([created({ role })]));
  const [other] = entriesOf(judged([created({})]));

  expect(powerful?.attacker.at(-1)).toContain("may also undo a quarantine");
  expect(other?.attacker.join()).not.toContain("may undo");
});
