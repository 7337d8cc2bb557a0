import { selectsWrites } from "../../../../functions/quarantine-sweep/health/read-parts";
import {
  ALERT_TOPIC,
  DEAD_LETTERS,
  deployedAccount,
  HOLD_TOPIC,
  lastModified,
  checkHealthOf,
  type Answers,
} from "../../../support/functions/deployed-account";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DETECTION = "security-response-create-user";
const RESPONDER = "security-response";

/** The finding of an account in which one thing was changed. */
async function findingsAfter(change: (answers: Answers) => void) {
  const account = deployedAccount(NOW);
  change(account.answers);
  const { outcomes } = await checkHealthOf(account, NOW);
  return outcomes.flatMap(({ findings }) => findings);
}

const detection = ({ rules }: Answers) => rules[DETECTION] ?? fail(DETECTION);
const responder = ({ functions }: Answers) => functions[RESPONDER] ?? fail(RESPONDER);
const variables = (answers: Answers) =>
  (responder(answers).configuration["Environment"] as { Variables: Record<string, string> }).Variables;
function fail(name: string): never {
  throw new Error(`no ${name}`);
}

test("of an account that is as its stack deploys it, the sweep says once a day that it runs, to nobody", async () => {
  const account = deployedAccount(NOW);
  const checks = [0, DAY / 2, DAY, DAY + 15 * MINUTE].map((later) => NOW + later);
  const said = [];
  for (const now of checks) {
    said.push((await checkHealthOf(account, now)).outcomes);
  }

  const report = { kind: "health", status: "HEALTHY", alerted: false, severity: "LOW", findings: [] };
  expect(said).toMatchObject([[report], [], [report], []]);
  expect(said[0]?.[0]?.summary).toMatch(/ are as they should be\.$/);
});

test("roles below the organization's path are as they should be, and those of our names elsewhere are not", async () => {
  const account = deployedAccount(NOW, "rolePath: /security/\n");
  const { outcomes } = await checkHealthOf(account, NOW);
  expect(outcomes).toMatchObject([{ status: "HEALTHY", findings: [] }]);

  responder(account.answers).configuration["Role"] = "arn:aws:iam::777788889999:role/security-response";
  const changed = await checkHealthOf(account, NOW + 15 * MINUTE);
  expect(changed.outcomes.flatMap(({ findings }) => findings)).toMatchObject([
    {
      place: "function security-response",
      expected: "role: arn:aws:iam::777788889999:role/security/security-response",
      found: "role: arn:aws:iam::777788889999:role/security-response",
    },
  ]);
});

type Case = readonly [
  title: string,
  change: (answers: Answers) => void,
  finding: {
    readonly kind: string;
    readonly place: string;
    readonly found?: unknown;
    readonly severity: string;
  },
];

const rule = (name: string, severity = "CRITICAL") => ({ kind: "rule", place: `rule ${name}`, severity });
const configuration = {
  kind: "function-configuration",
  place: `function ${RESPONDER}`,
  severity: "CRITICAL",
};
const destinations = { kind: "function-destinations", place: `function ${RESPONDER}`, severity: "HIGH" };
const trail = { kind: "trail", place: "CloudTrail", severity: "CRITICAL" };

const CASES: readonly Case[] = [
  [
    "a disabled rule",
    (answers) => (detection(answers).State = "DISABLED"),
    { ...rule(DETECTION), found: "state: DISABLED" },
  ],
  [
    "a rule that only forwards, disabled",
    ({ rules }) => ((rules["security-response-outcomes"] ?? fail("rule")).State = "DISABLED"),
    rule("security-response-outcomes", "HIGH"),
  ],
  ["a deleted rule", ({ rules }) => delete rules[DETECTION], { ...rule(DETECTION), found: "nothing" }],
  [
    "a rule that waits for other events",
    (answers) => (detection(answers).EventPattern = '{"source":["aws.s3"]}'),
    { ...rule(DETECTION), found: "{source:[aws.s3]}" },
  ],
  [
    "a rule whose pattern is no JSON",
    (answers) => (detection(answers).EventPattern = "{"),
    { ...rule(DETECTION), found: "{" },
  ],
  [
    "a target that was removed",
    (answers) => detection(answers).Targets.shift(),
    { kind: "target", place: `rule ${DETECTION}`, found: "no such target", severity: "CRITICAL" },
  ],
  [
    "a target that was added",
    (answers) => detection(answers).Targets.push({ Arn: "arn:aws:sqs:us-east-1:777788889999:copy" }),
    {
      ...{ kind: "target", place: `rule ${DETECTION}`, severity: "CRITICAL" },
      found: "arn:aws:sqs:us-east-1:777788889999:copy with role none and dead letters to none",
    },
  ],
  ...(
    [
      ["a constant", "Input", "{}", "{}"],
      ["a part of the event", "InputPath", "$.version", "$.version"],
      ["a text", "InputTransformer", { InputTemplate: '{"detail":0}' }, "{InputTemplate:{detail:0}}"],
    ] as const
  ).map(([what, key, value, shown]): Case => [
    `a target that gets ${what} instead of the event`,
    (answers) => ((detection(answers).Targets[0] ?? fail("target"))[key] = value),
    {
      ...{ kind: "target", place: `rule ${DETECTION}`, severity: "CRITICAL" },
      found: `input of arn:aws:lambda:us-east-1:777788889999:function:${RESPONDER}: ${shown}`,
    },
  ]),
  [
    "other code",
    (answers) => (responder(answers).configuration["CodeSha256"] = "another"),
    { kind: "function-code", place: `function ${RESPONDER}`, found: "code: another", severity: "CRITICAL" },
  ],
  [
    "a function that is gone",
    ({ functions }) => delete functions["security-response-hold"],
    { ...{ kind: "function-code", severity: "CRITICAL" }, place: "function security-response-hold" },
  ],
  [
    "a mode that was switched off",
    (answers) => (variables(answers)["QUARANTINE_MODE"] = "off"),
    { ...configuration, found: "variable QUARANTINE_MODE: off" },
  ],
  [
    "a variable that was added, without its value",
    (answers) => (variables(answers)["NODE_OPTIONS"] = "--require /opt/x"),
    { ...configuration, found: "variable NODE_OPTIONS: set" },
  ],
  [
    "a pause",
    (answers) => (variables(answers)["QUARANTINE_PAUSE"] = "until 2026-06-01T14:00:00Z by alice"),
    {
      ...{ kind: "pause", place: `function ${RESPONDER}`, severity: "HIGH" },
      found: "PAUSED until 2026-06-01T14:00:00Z by alice",
    },
  ],
  [
    "a pause that does not count, since it ends too far ahead",
    (answers) => (variables(answers)["QUARANTINE_PAUSE"] = "until 9999-01-01T00:00:00Z by mallory"),
    { ...configuration, found: "variable QUARANTINE_PAUSE: until 9999-01-01T00:00:00Z by mallory" },
  ],
  [
    "a pause of the function that looks again, which does not act on one",
    ({ functions }) => {
      const { configuration: found } = functions["security-response-hold"] ?? fail("hold");
      const { Variables } = found["Environment"] as { Variables: Record<string, string> };
      Variables["QUARANTINE_PAUSE"] = "until 2026-06-01T14:00:00Z by alice";
    },
    { ...configuration, place: "function security-response-hold" },
  ],
  [
    "another hold topic",
    (answers) => (variables(answers)["HOLD_TOPIC_ARN"] = ALERT_TOPIC),
    { ...configuration, found: `variable HOLD_TOPIC_ARN: ${ALERT_TOPIC}` },
  ],
  [
    "a shorter time-out",
    (answers) => (responder(answers).configuration["Timeout"] = 1),
    { ...configuration, found: "time-out: 1" },
  ],
  [
    "another role",
    (answers) => (responder(answers).configuration["Role"] = "arn:aws:iam::777788889999:role/none"),
    { ...configuration, found: "role: arn:aws:iam::777788889999:role/none" },
  ],
  [
    "a layer",
    (answers) => (responder(answers).configuration["Layers"] = [{ Arn: "arn:layer" }]),
    { ...configuration, found: "layers: arn:layer" },
  ],
  [
    "a network, which may have no way to IAM",
    (answers) =>
      (responder(answers).configuration["VpcConfig"] = { VpcId: "vpc-1", SubnetIds: ["subnet-1"] }),
    { ...configuration, found: "network: vpc-1" },
  ],
  [
    "another log group",
    (answers) => (responder(answers).configuration["LoggingConfig"] = { LogGroup: "/elsewhere" }),
    { ...configuration, found: "log group: /elsewhere" },
  ],
  [
    "a concurrency of none",
    (answers) => (responder(answers).concurrency = 0),
    {
      ...{ kind: "function-concurrency", place: `function ${RESPONDER}`, severity: "CRITICAL" },
      found: "reserved concurrency: 0",
    },
  ],
  [
    "outcomes that go elsewhere",
    (answers) =>
      (responder(answers).destinations = {
        ...responder(answers).destinations,
        DestinationConfig: { OnFailure: { Destination: DEAD_LETTERS } },
      }),
    { ...destinations, found: "outcomes to: none" },
  ],
  [
    "no retries",
    (answers) =>
      (responder(answers).destinations = { ...responder(answers).destinations, MaximumRetryAttempts: 0 }),
    { ...destinations, found: "retries: 0" },
  ],
  [
    "dead letters, in flight too",
    ({ queue }) =>
      Object.assign(queue ?? {}, {
        ApproximateNumberOfMessages: "2",
        ApproximateNumberOfMessagesNotVisible: "1",
      }),
    {
      ...{ kind: "dead-letters", place: "queue security-response-dead-letters", severity: "HIGH" },
      found: "3 letters",
    },
  ],
  [
    "a queue that takes nothing",
    ({ queue }) => Object.assign(queue ?? {}, { Policy: "" }),
    {
      ...{ kind: "queue", place: "queue security-response-dead-letters", severity: "HIGH" },
      found: "no policy",
    },
  ],
  [
    "a queue that is gone",
    (answers) => (answers.queue = undefined),
    { kind: "queue", place: "queue security-response-dead-letters", found: "nothing", severity: "HIGH" },
  ],
  [
    "a mail address that nobody has confirmed",
    ({ subscriptions }) =>
      Object.assign(subscriptions[ALERT_TOPIC]?.[0] ?? {}, { SubscriptionArn: "PendingConfirmation" }),
    {
      ...{ kind: "subscription", place: "topic security-alerts", severity: "MEDIUM" },
      found: "1 confirmed, 1 not confirmed",
    },
  ],
  [
    "a hold that nothing starts",
    ({ subscriptions }) => (subscriptions[HOLD_TOPIC] = []),
    { kind: "subscription", place: "topic security-response-hold", found: "nobody", severity: "CRITICAL" },
  ],
  [
    "a trail that is off",
    (answers) => (answers.isLogging = false),
    { ...trail, found: "organization, which is off" },
  ],
  ["no trail", (answers) => (answers.trails = []), { ...trail, found: "no trail" }],
  [
    "a trail of another Region",
    ({ trails }) => Object.assign(trails[0] ?? {}, { IsMultiRegionTrail: false }),
    { ...trail, found: "no trail" },
  ],
  [
    "a trail that leaves out the events of IAM",
    (answers) => {
      Object.assign(answers.trails[0] ?? {}, { HasCustomEventSelectors: true });
      answers.selectors = { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "ReadOnly" }] };
    },
    { ...trail, found: "organization, which leaves them out" },
  ],
  [
    "a quarantine policy that allows",
    (answers) => (answers.document = { Version: "2012-10-17", Statement: [] }),
    { kind: "quarantine-policy", place: "quarantine policy", severity: "CRITICAL" },
  ],
  [
    "an alert that was withheld",
    (answers) => (answers.withheld = 2),
    { kind: "withheld-alerts", place: "alerts", found: "2", severity: "HIGH" },
  ],
];

test.each(CASES)("%s is found, and nothing else", async (_, change, finding) => {
  const findings = await findingsAfter(change);

  expect(findings).toEqual([expect.objectContaining({ ...finding, since: "2026-06-01T12:00:00.000Z" })]);
});

test("what AWS refuses to show is a finding of its own, and the other parts are looked at all the same", async () => {
  const findings = await findingsAfter((answers) => {
    detection(answers).State = "DISABLED";
    answers.refuse = (command) => {
      if (command === "GetFunctionConcurrencyCommand" || command === "GetTrailStatusCommand") {
        throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
      }
    };
  });

  expect(findings.map(({ kind, place, found }) => [kind, place, found])).toEqual([
    ["rule", `rule ${DETECTION}`, "state: DISABLED"],
    ["unreadable", `function ${RESPONDER}`, "AccessDenied: no"],
    ["unreadable", "function security-response-hold", "AccessDenied: no"],
    ["unreadable", "CloudTrail", "AccessDenied: no"],
  ]);
});

test("a trail whose selectors a member may not read counts", async () => {
  const findings = await findingsAfter((answers) => {
    Object.assign(answers.trails[0] ?? {}, { HasCustomEventSelectors: true });
    answers.refuse = (command) => {
      if (command === "GetEventSelectorsCommand") {
        throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
      }
    };
  });

  expect(findings).toEqual([]);
});

test("a function that a rollout may be changing is left to the next check", async () => {
  const account = deployedAccount(NOW);
  responder(account.answers).configuration["CodeSha256"] = "new";
  responder(account.answers).configuration["LastModified"] = lastModified(NOW - 5 * MINUTE);

  const during = await checkHealthOf(account, NOW);
  const after = await checkHealthOf(account, NOW + 15 * MINUTE);

  expect(during.outcomes.flatMap(({ findings }) => findings)).toEqual([]);
  expect(after.outcomes[0]?.findings).toMatchObject([{ kind: "function-code" }]);
});

test("a pause that has ended is no finding, and one of a moment ago is found without waiting", async () => {
  const ended = await findingsAfter(
    (answers) => (variables(answers)["QUARANTINE_PAUSE"] = "until 2026-06-01T12:00:00Z by alice"),
  );
  const begun = await findingsAfter((answers) => {
    responder(answers).configuration["LastModified"] = lastModified(NOW - MINUTE);
    variables(answers)["QUARANTINE_PAUSE"] = "until 2026-06-01T12:00:01Z by alice";
  });

  expect(ended).toEqual([]);
  expect(begun).toMatchObject([{ kind: "pause" }]);
});

test("a sweep that is not told what to expect says that", async () => {
  const { outcomes } = await checkHealthOf(
    { ...deployedAccount(NOW), event: { source: "aws.events" } as never },
    NOW,
  );

  expect(outcomes).toMatchObject([{ findings: [{ kind: "expectations", severity: "CRITICAL" }] }]);
});

describe("what is found is said", () => {
  const broken = () => {
    const account = deployedAccount(NOW);
    detection(account.answers).State = "DISABLED";
    return account;
  };

  test("once, as an event of the sweep's own on the default bus", async () => {
    const account = broken();

    const first = await checkHealthOf(account, NOW);
    const second = await checkHealthOf(account, NOW + 15 * MINUTE);

    expect(first.entries).toMatchObject([{ Source: "quarantine-sweep", DetailType: "Quarantine Health" }]);
    expect(first.entries[0]).not.toHaveProperty("EventBusName");
    expect(first.outcomes).toMatchObject([
      {
        kind: "health",
        status: "UNHEALTHY",
        severity: "CRITICAL",
        accountId: "777788889999",
        accountName: "payments",
        version: "1.2.3",
      },
    ]);
    expect(second.outcomes).toEqual([]);
  });

  test("again when it changes, with the time since which each is known", async () => {
    const account = broken();
    await checkHealthOf(account, NOW);
    account.answers.withheld = 1;

    const { outcomes } = await checkHealthOf(account, NOW + 15 * MINUTE);

    expect(outcomes[0]?.findings).toMatchObject([
      { kind: "rule", since: "2026-06-01T12:00:00.000Z" },
      { kind: "withheld-alerts", since: "2026-06-01T12:15:00.000Z" },
    ]);
  });

  test("once a day while it lasts", async () => {
    const account = broken();
    await checkHealthOf(account, NOW);

    const nearly = await checkHealthOf(account, NOW + DAY - 15 * MINUTE);
    const nextDay = await checkHealthOf(account, NOW + DAY - 1_000);

    expect(nearly.outcomes).toEqual([]);
    expect(nextDay.outcomes).toMatchObject([{ findings: [{ since: "2026-06-01T12:00:00.000Z" }] }]);
  });

  test("once more when all is well, and then no more", async () => {
    const account = broken();
    await checkHealthOf(account, NOW);
    detection(account.answers).State = "ENABLED";

    const well = await checkHealthOf(account, NOW + 15 * MINUTE);
    const still = await checkHealthOf(account, NOW + 30 * MINUTE);

    expect(well.outcomes).toMatchObject([{ status: "HEALTHY", severity: "LOW", findings: [] }]);
    expect(still.outcomes).toEqual([]);
  });

  test("every time when the sweep's own log cannot be read, which is a finding too", async () => {
    const account = broken();
    await checkHealthOf(account, NOW);
    account.answers.refuse = (command) => {
      if (command === "FilterLogEventsCommand") {
        throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
      }
    };

    const { outcomes } = await checkHealthOf(account, NOW + 15 * MINUTE);

    expect(outcomes[0]?.findings.map(({ place }) => place)).toEqual([
      `rule ${DETECTION}`,
      "alerts",
      "log of quarantine-sweep",
    ]);
  });

  test("by the next sweep when the bus does not take it", async () => {
    const account = broken();

    await expect(checkHealthOf(account, NOW, { isRefused: true })).rejects.toMatchObject({
      name: "SweepError",
      message: "The default bus did not take the report: InternalFailure: later",
    });
    const { outcomes } = await checkHealthOf(account, NOW + MINUTE);

    expect(outcomes).toHaveLength(1);
  });

  test("by the next sweep when the users took the time of this one", async () => {
    const { outcomes, lines } = await checkHealthOf(broken(), NOW, { remaining: 10_000 });

    expect(outcomes).toEqual([]);
    expect(lines).toMatchObject([{ level: "warn" }]);
  });
});

test.each([
  [true, { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "All" as const }] }],
  [true, { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "WriteOnly" as const }] }],
  [false, { EventSelectors: [{ IncludeManagementEvents: false, ReadWriteType: "All" as const }] }],
  [true, { AdvancedEventSelectors: [management()] }],
  [true, { AdvancedEventSelectors: [management({ Field: "readOnly", Equals: ["false"] })] }],
  [false, { AdvancedEventSelectors: [management({ Field: "readOnly", Equals: ["true"] })] }],
  [
    false,
    { AdvancedEventSelectors: [management({ Field: "eventSource", NotEquals: ["iam.amazonaws.com"] })] },
  ],
  [
    true,
    { AdvancedEventSelectors: [management({ Field: "eventSource", NotEquals: ["kms.amazonaws.com"] })] },
  ],
  [false, { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: "eventCategory", Equals: ["Data"] }] }] }],
])("selectors take in the write events of IAM: %s for %j", (expected, selectors) => {
  expect(selectsWrites(selectors)).toBe(expected);
});

function management(...more: readonly { Field: string; Equals?: string[]; NotEquals?: string[] }[]) {
  return { FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }, ...more] };
}
