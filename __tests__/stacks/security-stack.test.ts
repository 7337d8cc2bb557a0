import { SAMPLE_YAML } from "../support/stacks/sample";
import {
  resources,
  synthesizeSecurityStack,
  synthesizeYaml,
  type SynthesizedStack,
} from "../support/stacks/synthesize";

const { security } = synthesizeYaml(SAMPLE_YAML);
const parsed = (json: unknown): unknown => JSON.parse(String(json));

describe("the stack of the security account", () => {
  test("is what was reviewed", () => {
    expect(security?.json).toMatchSnapshot();
  });

  test("opens the bus to the organization's forwarding roles and to nobody else", () => {
    const [policy] = resources(security, "aws_cloudwatch_event_bus_policy");

    expect(parsed(policy?.["policy"])).toMatchObject({
      Statement: [
        {
          Effect: "Allow",
          Action: "events:PutEvents",
          Resource: "arn:aws:events:us-east-1:111122223333:event-bus/security-events",
          Condition: {
            StringEquals: { "aws:PrincipalOrgID": "o-exampleorgid" },
            ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/security-response-forwarding" },
          },
        },
      ],
    });
  });

  test("archives the bus for as long as configured", () => {
    expect(resources(security, "aws_cloudwatch_event_archive")).toMatchObject([{ retention_days: 30 }]);
  });

  test("keeps every forwarded event in the audit log for as long as configured", () => {
    expect(resources(security, "aws_cloudwatch_log_group")).toContainEqual(
      expect.objectContaining({ name: "/aws/events/security-events", retention_in_days: 731 }),
    );
    expect(resources(security, "aws_cloudwatch_event_target")).toContainEqual(
      expect.objectContaining({
        target_id: "audit-log",
        arn: expect.stringContaining("aws_cloudwatch_log_group."),
      }),
    );
  });

  test.each([
    ["security-events-outcome-alerts", "OutcomeAlertRuleInvokes"],
    ["security-events-alarm-alerts", "AlarmAlertRuleInvokes"],
    ["security-events-change-alerts", "ChangeAlertRuleInvokes"],
    ["security-events-refusal-alerts", "RefusalAlertRuleInvokes"],
    ["security-events-own-changes", "OwnChangeRuleInvokes"],
    ["security-events-own-refusals", "OwnRefusalRuleInvokes"],
  ])("%s invokes the notifier, and nothing goes from a rule to the topic", (ruleName, statement_id) => {
    const reference = (type: string, key: string, value: string) => {
      const [id] =
        Object.entries(security?.json.resource[type] ?? {}).find(([, each]) => each[key] === value) ?? [];
      return `\${${type}.${id}`;
    };
    const rule = reference("aws_cloudwatch_event_rule", "name", ruleName);
    const notifier = reference("aws_lambda_function", "function_name", "security-notifier");

    const targets = resources(security, "aws_cloudwatch_event_target");
    expect(targets).toContainEqual(
      expect.objectContaining({
        rule: `${rule}.name}`,
        // What an account has deployed under this id is exchanged in one call.
        target_id: "topic",
        arn: `${notifier}.arn}`,
        dead_letter_config: { arn: expect.stringContaining("aws_sqs_queue.") },
      }),
    );
    expect(resources(security, "aws_lambda_permission")).toContainEqual(
      expect.objectContaining({ statement_id, source_arn: `${rule}.arn}` }),
    );
    expect(JSON.stringify(targets)).not.toContain("aws_sns_topic");
  });

  test("changes and refusals in this account itself go from the default bus, not through the central one", () => {
    const rules = resources(security, "aws_cloudwatch_event_rule").filter((rule) =>
      String(rule["name"]).startsWith("security-events-own-"),
    );

    expect(rules).toHaveLength(3);
    for (const rule of rules) {
      expect(rule["event_bus_name"]).toBeUndefined();
      expect(rule["state"]).toBe("ENABLED");
    }
    const recorded = resources(security, "aws_cloudwatch_event_target").filter(
      (target) => target["target_id"] === "audit-log",
    );
    expect(recorded).toHaveLength(4);
  });

  test("changes of the topic's key are looked for under its ARN and its id", () => {
    const rule = resources(security, "aws_cloudwatch_event_rule").find(
      (each) => each["name"] === "security-events-own-changes",
    );

    expect(JSON.stringify(parsed(rule?.["event_pattern"]))).toMatch(
      /"keyId":\["\$\{aws_kms_key\.\w+[^"]*\.arn\}","\$\{aws_kms_key\.\w+[^"]*\.key_id\}"\]/,
    );
  });

  test("what the notifier cannot mail is tried again and then kept", () => {
    expect(resources(security, "aws_lambda_function_event_invoke_config")).toMatchObject([
      {
        maximum_retry_attempts: 2,
        maximum_event_age_in_seconds: 21_600,
        destination_config: { on_failure: { destination: expect.stringContaining("aws_sqs_queue.") } },
      },
    ]);
  });

  test("each way in which a mail can be lost, and each response that is not as it should be, has an alarm at the topic", () => {
    const alarms = resources(security, "aws_cloudwatch_metric_alarm");

    expect(alarms.map((alarm) => alarm["alarm_name"]).sort()).toEqual([
      "security-events-dead-letters",
      "security-events-errors",
      "security-events-failed-alarm-alerts",
      "security-events-failed-audit",
      "security-events-failed-change-alerts",
      "security-events-failed-outcome-alerts",
      "security-events-failed-own-changes",
      "security-events-failed-own-refusals",
      "security-events-failed-refusal-alerts",
      "security-events-failed-responses",
      "security-events-new-dead-letters",
      "security-events-silent-accounts",
      "security-events-slow-containment",
      "security-events-throttles",
      "security-events-undelivered-failures",
    ]);
    for (const alarm of alarms) {
      expect(alarm["alarm_actions"]).toEqual([expect.stringContaining("aws_sns_topic.")]);
    }
  });

  test("of the services, the topic's key admits CloudWatch for this account's alarms alone", () => {
    const [key] = resources(security, "aws_kms_key");
    const { Statement } = parsed(key?.["policy"]) as { Statement: unknown[] };

    expect(Statement).toHaveLength(2);
    expect(Statement).toMatchObject([
      { Sid: "AccountAdministers", Principal: { AWS: "arn:aws:iam::111122223333:root" } },
      {
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
    ]);
  });
});

describe("the watch over the drills", () => {
  const drilling = (accounts: string) =>
    `${SAMPLE_YAML.slice(0, SAMPLE_YAML.indexOf("accounts:"))}drill: { everyHours: 24 }\naccounts:\n${accounts}`;
  const withDrills = (accounts: string) => synthesizeYaml(drilling(accounts)).security;
  const account = (index: number, name = `payments-${index}`, mode = "enforce") =>
    `  - { name: ${name}, id: "${100_000_000_000 + index}", wave: canary, mode: ${mode} }`;
  const inputs = (stack: ReturnType<typeof withDrills>) =>
    resources(stack, "aws_cloudwatch_event_target").flatMap(({ input }) =>
      typeof input === "string" ? [input] : [],
    );
  const rulesOf = (stack: ReturnType<typeof withDrills>) =>
    resources(stack, "aws_cloudwatch_event_rule").filter((rule) =>
      String(rule["name"]).startsWith("security-events-silent-accounts"),
    );

  test("is not there without drills and sweeps", () => {
    const unswept = `${SAMPLE_YAML}sweep: { everyMinutes: 0 }\n`;
    const off = withDrills(account(1, "legacy", "'off'"));

    for (const stack of [synthesizeSecurityStack(unswept), off]) {
      expect(inputs(stack)).toEqual([]);
      expect(rulesOf(stack)).toEqual([]);
      expect(JSON.stringify(stack?.json)).not.toContain("silent-accounts");
    }
  });

  test("asks for the word of the sweeps, also without drills", () => {
    expect(inputs(security).map((input) => parsed(input))).toEqual([
      {
        ...{ kind: "silent-accounts", sign: "sweep", everyHours: 24, part: 1, parts: 1 },
        // Its plan does not change with every account.
        accounts: [],
      },
    ]);
  });

  test("asks each hour for the accounts, by what each shows, once their list is recorded", () => {
    const stack = withDrills(
      [account(1), account(2, "research", "observe"), account(3, "legacy", "'off'")].join("\n"),
    );

    expect(inputs(stack).map((input) => parsed(input))).toEqual([
      {
        ...{ kind: "silent-accounts", everyHours: 24, part: 1, parts: 1 },
        accounts: ["100000000001 payments-1"],
      },
      {
        ...{ kind: "silent-accounts", sign: "sweep", everyHours: 24, part: 1, parts: 1 },
        accounts: [],
      },
    ]);
    expect(rulesOf(stack)).toMatchObject([
      {
        name: "security-events-silent-accounts-1",
        schedule_expression: "cron(10 * * * ? *)",
        state: "ENABLED",
      },
    ]);
    const target = resources(stack, "aws_cloudwatch_event_target").find(({ input }) => input !== undefined);
    expect(target).toMatchObject({ target_id: "part-1", dead_letter_config: expect.anything() });
    expect(target?.["depends_on"]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_cloudwatch_event_target\.own-changes_audit-log/)]),
    );
    expect(JSON.stringify(resources(stack, "aws_sqs_queue_policy"))).toContain(
      "rule/security-events-silent-accounts-1",
    );
  });

  test("its alarm goes off for a silent account, and when nobody looks any more", () => {
    const alarm = resources(withDrills(account(1)), "aws_cloudwatch_metric_alarm").find(
      (each) => each["alarm_name"] === "security-events-silent-accounts",
    );

    expect(alarm).toMatchObject({
      ...{ namespace: "IamUserQuarantine", metric_name: "SilentAccounts", statistic: "Maximum" },
      ...{ threshold: 1, comparison_operator: "GreaterThanOrEqualToThreshold", datapoints_to_alarm: 1 },
      treat_missing_data: "missing",
      alarm_actions: [expect.stringContaining("aws_sns_topic.")],
      insufficient_data_actions: [expect.stringContaining("aws_sns_topic.")],
    });
    expect(alarm?.["dimensions"]).toBeUndefined();
    // CloudWatch API reference, PutMetricAlarm: together at most a day.
    expect(Number(alarm?.["period"]) * Number(alarm?.["evaluation_periods"])).toBeLessThanOrEqual(86_400);
  });

  test.each([
    ["names as people choose them", (index: number) => `payments-${index}`, 4],
    ["the longest names", (index: number) => `a${index}-x`.padEnd(50, "x"), 9],
  ])("takes 1,000 accounts with %s in what EventBridge takes", (_, nameOf, parts) => {
    const lines = Array.from({ length: 1_000 }, (__, index) => account(index, nameOf(index)));
    const stack = synthesizeSecurityStack(drilling(lines.join("\n")));
    const targets = resources(stack, "aws_cloudwatch_event_target").filter(
      ({ input }) => input !== undefined,
    );
    const requests = targets
      .map(({ input }) => parsed(input) as { part: number; parts: number; accounts: readonly string[] })
      .filter(({ accounts }) => accounts.length > 0);

    expect(requests.flatMap(({ accounts }) => accounts)).toEqual(
      lines.map((__, index) => `${100_000_000_000 + index} ${nameOf(index)}`),
    );
    expect(requests.map(({ part }) => part)).toEqual(requests.map((__, index) => index + 1));
    expect(requests.every((request) => request.parts === requests.length)).toBe(true);
    expect(requests).toHaveLength(parts);
    expect(Math.max(...targets.map(({ input }) => String(input).length))).toBeLessThanOrEqual(8_192);
    // And one for all sweeps.
    expect(rulesOf(stack)).toHaveLength(Math.ceil((parts + 1) / 5));
    for (const { rule } of targets) {
      expect(targets.filter((each) => each["rule"] === rule).length).toBeLessThanOrEqual(5);
    }
  });
});

/** The rules of which a channel that is told all is a target. */
const RULES_THAT_TELL = [
  "alarm-alerts",
  "change-alerts",
  "other-change-alerts",
  "outcome-alerts",
  "own-alarms",
  "own-changes",
  "own-other-changes",
  "own-refusals",
  "refusal-alerts",
];

test("runbookUrl reaches every function that tells people, and the mails that CloudWatch writes", () => {
  const url = "https://wiki.example.com/runbook.md";
  const yaml = SAMPLE_YAML.replace(
    "archiveRetentionDays: 30\n",
    "archiveRetentionDays: 30\n  channels: { securityHub: {}, chat: {} }\n",
  );
  const stack = synthesizeYaml(`${yaml}runbookUrl: ${url}\ndrill: { everyHours: 24 }\n`)["security"];

  const told = resources(stack, "aws_lambda_function").map((each): [string, string | undefined] => [
    String(each["function_name"]),
    (each["environment"] as { variables: Record<string, string> }).variables["RUNBOOK_URL"],
  ]);
  expect(Object.fromEntries(told)).toEqual({
    "security-notifier": url,
    "security-notifier-chat": url,
    "security-notifier-security-hub": url,
  });
  const alarms = resources(stack, "aws_cloudwatch_metric_alarm").map((each) =>
    String(each["alarm_description"]),
  );
  expect(alarms.filter((text) => !text.includes(`The runbook: ${url}#`))).toEqual([]);
  expect(Math.max(...alarms.map(({ length }) => length))).toBeLessThan(1_024 - 200);
});

describe("channels beside mail", () => {
  const CONNECTION =
    "arn:aws:events:us-east-1:111122223333:connection/ours/01234567-89ab-cdef-0123-456789abcdef";
  const withChannels = (channels: string) =>
    synthesizeYaml(
      SAMPLE_YAML.replace(
        "archiveRetentionDays: 30\n",
        `archiveRetentionDays: 30\n  channels: ${channels}\n`,
      ),
    )["security"];
  const all = withChannels(
    `{ securityHub: {}, chat: {}, webhooks: [` +
      `{ name: page, type: pagerDuty, connectionArn: ${CONNECTION}, minimumSeverity: HIGH }, ` +
      `{ name: tickets, type: jira, connectionArn: ${CONNECTION}, endpoint: "https://x.atlassian.net/rest/api/3/issue", project: SEC }] }`,
  );
  const named = (stack: SynthesizedStack | undefined, type: string, key: string) =>
    resources(stack, type).map((each) => String(each[key]));
  const functionOf = (name: string) => {
    const found = resources(all, "aws_lambda_function").find((each) => each["function_name"] === name);
    return found?.["environment"] as { variables: Record<string, string> } | undefined;
  };

  test("are what was reviewed", () => {
    expect(all?.json.resource).toMatchSnapshot();
  });

  test("that are off change nothing", () => {
    expect(withChannels("{}")?.text).toBe(security?.text);
  });

  test("that are on leave every resource of the mail as it is, but for what names their rules and parts", () => {
    const changed = Object.entries(security?.json.resource ?? {}).flatMap(([type, before]) =>
      Object.entries(before).flatMap(([id, block]) =>
        JSON.stringify(all?.json.resource[type]?.[id]) === JSON.stringify(block)
          ? []
          : [id.replace(/_[0-9A-F]{8}$/, "")],
      ),
    );

    // The dashboard has the new alarms, and the watch over silent accounts waits for the rule's new targets.
    expect(changed.sort()).toEqual([
      "dashboard",
      "dead-letters_policy",
      "drill-watch_rule-1_part-1",
      "own-changes_rule",
      "own-other-changes_rule",
    ]);
  });

  test("each is a function with the notifier's code, retries, and the dead-letter queue", () => {
    const names = named(all, "aws_lambda_function", "function_name").sort();

    expect(names).toEqual([
      "security-notifier",
      "security-notifier-chat",
      "security-notifier-security-hub",
      "security-notifier-webhook",
    ]);
    expect(new Set(named(all, "aws_lambda_function", "source_code_hash")).size).toBe(1);
    expect(resources(all, "aws_lambda_function_event_invoke_config")).toHaveLength(names.length);
    for (const config of resources(all, "aws_lambda_function_event_invoke_config")) {
      expect(config).toMatchObject({
        maximum_retry_attempts: 2,
        destination_config: { on_failure: { destination: expect.stringContaining("aws_sqs_queue.") } },
      });
    }
  });

  test.each([
    ["security-hub", ["outcome-alerts"]],
    ["chat", RULES_THAT_TELL],
    ["webhook", RULES_THAT_TELL],
  ])("%s is invoked by the rules that have people told: %j", (channel, rules) => {
    const statements = resources(all, "aws_lambda_permission")
      .filter((each) => String(each["function_name"]).includes(`security-notifier-${channel}_`))
      .map((each) => String(each["statement_id"]).replace("security-events-", ""));

    expect(statements.sort()).toEqual(rules);
  });

  test("no rule has more targets than EventBridge takes", () => {
    const targets = named(all, "aws_cloudwatch_event_target", "rule");
    const most = Math.max(...targets.map((rule) => targets.filter((each) => each === rule).length));

    expect(most).toBeLessThanOrEqual(5);
  });

  test("each has an alarm on its errors, and each webhook one on what was not delivered", () => {
    const before = new Set(named(security, "aws_cloudwatch_metric_alarm", "alarm_name"));

    expect(
      named(all, "aws_cloudwatch_metric_alarm", "alarm_name")
        .filter((name) => !before.has(name))
        .sort(),
    ).toEqual([
      "security-events-chat-errors",
      "security-events-failed-webhook-page",
      "security-events-failed-webhook-tickets",
      "security-events-security-hub-errors",
      "security-events-webhook-errors",
    ]);
  });

  test("a webhook gets the body alone, with retries for an hour, from an API destination with a connection of the customer's", () => {
    const [target] = resources(all, "aws_cloudwatch_event_target").filter(
      (each) => each["target_id"] === "webhook" && String(each["arn"]).includes("api_destination"),
    );

    expect(target).toMatchObject({
      input_path: "$.detail.body",
      role_arn: expect.stringContaining("aws_iam_role."),
      // The alarm counts what has failed for good: by a day, nobody would miss a pager for that long.
      retry_policy: { maximum_event_age_in_seconds: 3_600, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: expect.stringContaining("aws_sqs_queue.") },
    });
    expect(resources(all, "aws_cloudwatch_event_api_destination")).toMatchObject([
      {
        connection_arn: CONNECTION,
        http_method: "POST",
        invocation_endpoint: "https://events.pagerduty.com/v2/enqueue",
      },
      { connection_arn: CONNECTION, invocation_endpoint: "https://x.atlassian.net/rest/api/3/issue" },
    ]);
    expect(resources(all, "aws_cloudwatch_event_connection")).toEqual([]);
  });

  test("the functions know their severities, and not where webhooks go", () => {
    const settings = JSON.parse(
      functionOf("security-notifier-webhook")?.variables["CHANNEL"] ?? "",
    ) as unknown;

    expect(settings).toEqual({
      channel: "webhook",
      webhooks: [
        { name: "page", minimumSeverity: "HIGH", type: "pagerDuty" },
        { name: "tickets", minimumSeverity: "MEDIUM", type: "jira", project: "SEC", issueType: "Task" },
      ],
    });
    expect(functionOf("security-notifier")?.variables).not.toHaveProperty("CHANNEL");
  });

  test("their topic takes messages of their notifier's role alone", () => {
    const policy = resources(all, "aws_sns_topic_policy").find((each) =>
      String(each["arn"]).includes("chat-topic"),
    );

    expect(parsed(policy?.["policy"])).toMatchObject({
      Statement: [
        { Sid: "TlsOnly", Effect: "Deny" },
        {
          Sid: "NotifierOnly",
          Effect: "Deny",
          Condition: {
            ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/security-notifier-chat" },
          },
        },
      ],
    });
  });
});
