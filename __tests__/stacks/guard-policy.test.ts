import { ConfigError } from "../../stacks/config/errors";
import { parseRollout } from "../../stacks/config/load";
import { actionsOf } from "../../stacks/policies/document";
import {
  guardContent,
  guardDocument,
  guardSizeWarning,
  MAX_GUARD_CHARACTERS,
} from "../../stacks/policies/guard";
import { CALLERS, GUARD_CASES, type GuardCase } from "../support/stacks/guard-cases";
import { EVERY_ROLE_YAML, GUARDED_YAML } from "../support/stacks/sample";
import { isAllowed, refusingStatements } from "../support/stacks/simulate";

const rolloutOf = (yaml: string) => parseRollout("rollout.yaml", yaml, "/project");

/**
 * Everything that the guard can name: with a simulation, a drill, channels, an exempt role, a trail and a
 * boundary.
 */
const rollout = rolloutOf(
  EVERY_ROLE_YAML.replace(
    "guard:\n",
    `permissionsBoundary: security/Boundary
guard:
  exemptRoles: [AWSControlTowerExecution]
  trails: [management-events]
`,
  ),
);
const guard = guardDocument(rollout);

const label = ({ who, does, on, context }: GuardCase) =>
  `${who}: ${does} on ${on}${context ? ` with ${JSON.stringify(context)}` : ""}`;
const requestOf = ({ who, does, on, context }: GuardCase) => {
  const principal = CALLERS[who];
  return {
    principal,
    action: does,
    resource: on,
    context: {
      ...context,
      "aws:PrincipalArn": principal,
      "aws:PrincipalAccount": principal.split(":")[4] ?? "",
    },
  };
};

describe("the guard", () => {
  const cases = GUARD_CASES.map((each) => [label(each), each] as const);

  test.each(cases.filter(([, { refusedBy }]) => refusedBy !== undefined))("refuses %s", async (_, each) => {
    expect(await refusingStatements(requestOf(each), guard)).toContain(each.refusedBy);
  });

  test.each(cases.filter(([, { refusedBy }]) => refusedBy === undefined))("allows %s", async (_, each) => {
    expect(await refusingStatements(requestOf(each), guard)).toEqual([]);
  });

  test.each(guard.Statement.map(({ Sid }) => Sid))("%s has two cases at least that it refuses", (sid) => {
    expect(GUARD_CASES.filter(({ refusedBy }) => refusedBy === sid).length).toBeGreaterThanOrEqual(2);
  });

  test("every case names a statement that there is", () => {
    const sids = guard.Statement.map(({ Sid }) => Sid);

    expect(GUARD_CASES.flatMap(({ refusedBy }) => refusedBy ?? [])).toEqual(
      expect.not.arrayContaining([expect.not.stringMatching(new RegExp(`^(${sids.join("|")})$`))]),
    );
  });

  test("only denies, and reads are in no statement but the wall around a quarantined user", () => {
    const reading = /:(Get|List|Describe|BatchGet)/;

    expect(guard.Statement.every(({ Effect }) => Effect === "Deny")).toBe(true);
    expect(guard.Statement.flatMap(actionsOf).filter((action) => reading.test(action))).toEqual([]);
    expect(
      guard.Statement.filter((each) => actionsOf(each).some((action) => /^\*|:\*$/.test(action))),
    ).toMatchObject([{ Sid: "SecondWall" }]);
  });

  test("exempts roles by their exact names: a wildcard stands for the account alone", () => {
    const exempt = guard.Statement.flatMap(({ Condition }) => [
      ...[Condition?.["ArnNotLike"]?.["aws:PrincipalArn"] ?? []].flat(),
    ]);

    expect(exempt.length).toBeGreaterThan(0);
    exempt.forEach((arn) => expect(arn).toMatch(/^arn:aws:iam::\*:role\/[\w+=,.@/-]+$/));
  });

  test("is what was reviewed", () => {
    expect(guard).toMatchSnapshot();
  });
});

describe("with a path for the roles that this project deploys", () => {
  const withPath = guardDocument({ ...rollout, rolePath: "/platform/security/" });
  const own = [
    ...["security-response", "security-response-forwarding", "quarantine-sweep", "quarantine-drill"],
    "attack-simulation",
  ];
  const ownRole = new RegExp(`:role/(${own.join("|")})$`);
  const moved = (arn: string) => arn.replace(ownRole, ":role/platform/security/$1");
  const concerned = GUARD_CASES.map(requestOf).map((request, index) => ({ request, ...GUARD_CASES[index] }));
  const cases = concerned.filter(({ request }) =>
    [request.principal, request.resource].some((arn) => ownRole.test(arn)),
  );

  // Until a new path has reached an account, its roles have the former one.
  test.each([
    ["are below it", moved],
    ["have not moved yet", (arn: string) => arn],
  ])(
    "every case of the roles is decided alike when they %s",
    async (_, place) => {
      const wrong: string[] = [];
      for (const { request, refusedBy } of cases) {
        const [principal, resource] = [place(request.principal), place(request.resource)];
        const context = { ...request.context, "aws:PrincipalArn": principal };
        const refusing = await refusingStatements({ ...request, principal, resource, context }, withPath);
        const isRight = refusedBy === undefined ? refusing.length === 0 : refusing.includes(refusedBy);
        wrong.push(...(isRight ? [] : [`${principal}: ${request.action} on ${resource}`]));
      }
      expect(cases.length).toBeGreaterThan(20);
      expect(wrong).toEqual([]);
    },
    30_000,
  );

  test("it is hardly longer, whatever the path", () => {
    const withLongest = { ...rollout, rolePath: `/${"x".repeat(62)}/` };

    expect(guardContent(withLongest).length).toBeLessThan(guardContent(rollout).length + 500);
  });
});

describe("without a simulation, a drill or a trail to keep", () => {
  const plain = guardDocument(rolloutOf(GUARDED_YAML.replace("attackSimulation: true", "mode: enforce")));

  test("the guard does not speak of them, and nothing of their names is exempt", () => {
    expect(JSON.stringify(plain)).not.toMatch(
      /attack-simulation|quarantine-drill|cloudtrail|security\/Boundary/,
    );
    expect(plain.Statement.map(({ Sid }) => Sid)).not.toContain("KeepPaths");
  });

  test("a boundary that AWS manages needs no keeping", () => {
    const managed = guardDocument({
      ...rollout,
      permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
    });

    expect(JSON.stringify(managed)).not.toContain("PowerUserAccess");
  });
});

describe("in another partition", () => {
  test("every ARN is of it", () => {
    const yaml = `${GUARDED_YAML}  trails: [management]\npartition: aws-us-gov\n`;
    const document = guardDocument(rolloutOf(yaml.replace(/^trust:\n.*\n.*\n/m, "")));

    expect(JSON.stringify(document)).not.toMatch(/arn:aws:/);
    expect(JSON.stringify(document)).toContain("arn:aws-us-gov:lambda:us-gov-west-1:*:function:");
  });
});

describe("the deployed text", () => {
  test("is minified: white space counts", () => {
    expect(guardContent(rollout)).toBe(JSON.stringify(guard));
    expect(guardContent(rollout)).not.toMatch(/\s/);
  });

  test("leaves room for more roles, each of which is named in most statements", () => {
    const drilled = `${GUARDED_YAML}  exemptRoles: []\ndrill: { everyHours: 24 }\n`;
    const plain = guardContent(rolloutOf(drilled)).length;
    const role = guardContent(rolloutOf(drilled.replace("[]", "[AWSControlTowerExecution]"))).length - plain;

    expect(plain + 2 * role).toBeLessThan(MAX_GUARD_CHARACTERS);
    expect(guardContent(rollout).length).toBeLessThan(MAX_GUARD_CHARACTERS - 500);
  });

  test("over the quota of before 2026-05-15 is warned of, while the guard is on", () => {
    expect(guardSizeWarning(rollout)).toEqual([
      expect.stringMatching(/^The guard has \d{4} of the 10240 characters that AWS allows since 2026-05-15/),
    ]);
    expect(guardSizeWarning(rolloutOf(GUARDED_YAML.replace("enabled: true", "enabled: false")))).toEqual([]);
  });

  test("that is too long for a service control policy is refused with what to do", () => {
    const roles = Array.from({ length: 12 }, (_, index) => `${"platform".repeat(7)}${index}`).join(", ");
    const long = rolloutOf(`${GUARDED_YAML}  exemptRoles: [${roles}]\n`);

    expect(() => guardContent(long)).toThrow(ConfigError);
    expect(() => guardContent(long)).toThrow(
      /guard: expected a service control policy of at most 10240 characters; found \d+ characters/,
    );
  });
});

test("an administrator without the guard may do what it refuses", async () => {
  const everything = {
    Version: "2012-10-17",
    Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
  } as const;
  const [first] = GUARD_CASES;

  expect(first).toBeDefined();
  expect(first && (await isAllowed(requestOf(first), { identity: everything }))).toBe(true);
});
