import type { ExpectedParts } from "../../functions/contract";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml, type SynthesizedStack } from "../support/stacks/synthesize";

const app = synthesizeYaml(SAMPLE_YAML);
const stack = (name: string): SynthesizedStack => {
  const found = app[name];
  if (found === undefined) {
    throw new Error(`no stack ${name}`);
  }
  return found;
};
const named = (name: string, type: string, key: string, value: string) =>
  resources(stack(name), type).find((resource) => resource[key] === value);
const alarmNames = (name: string) =>
  resources(stack(name), "aws_cloudwatch_metric_alarm")
    .map((alarm) => alarm["alarm_name"])
    .sort();
const parsed = (json: unknown): unknown => JSON.parse(String(json));

describe("the stack of a target account", () => {
  test("is what was reviewed", () => {
    expect(stack("sandbox").json).toMatchSnapshot();
  });

  test("assumes the deployment role of its account and refuses credentials of any other", () => {
    const [provider] = stack("payments").json.provider.aws;

    expect(provider).toMatchObject({
      region: "us-east-1",
      allowed_account_ids: ["777788889999"],
      assume_role: [{ role_arn: "arn:aws:iam::777788889999:role/OrganizationAccountAccessRole" }],
    });
  });

  test("keeps its state in a file named after the account id, relative to the output folder", () => {
    expect(stack("payments").json.terraform).toMatchObject({
      backend: { local: { path: "../../../state/777788889999.tfstate" } },
    });
  });

  test("holds the deny-all policy under the name people search for", () => {
    const policy = named("payments", "aws_iam_policy", "name", "AutomatedSecurityQuarantine");

    expect(parsed(policy?.["policy"])).toEqual({
      Version: "2012-10-17",
      Statement: [{ Sid: "AutomatedSecurityQuarantine", Effect: "Deny", Action: "*", Resource: "*" }],
    });
  });

  test("invokes the responder from its own rules only", () => {
    expect(resources(stack("payments"), "aws_lambda_permission")).toMatchObject([
      {
        principal: "events.amazonaws.com",
        source_arn: expect.stringMatching(/aws_cloudwatch_event_rule\.detection_/),
      },
      {
        principal: "sns.amazonaws.com",
        source_arn: expect.stringMatching(/aws_sns_topic\.hold_/),
        function_name: expect.stringMatching(/hold_function/),
      },
      {
        principal: "events.amazonaws.com",
        source_arn: expect.stringMatching(/aws_cloudwatch_event_rule\.sweep-schedule_/),
        function_name: expect.stringMatching(/sweep_function/),
      },
      {
        principal: "events.amazonaws.com",
        source_arn: expect.stringMatching(/aws_cloudwatch_event_rule\.undone_/),
      },
    ]);
  });

  test("tells the responder who may undo a quarantine, the simulation's role only for users of its path", () => {
    const mayUndo = (name: string): unknown => {
      const responder = named(name, "aws_lambda_function", "function_name", "security-response");
      const { variables } = responder?.["environment"] as { variables: Record<string, string> };
      return parsed(variables["MAY_UNDO"]);
    };

    expect(mayUndo("payments")).toEqual([
      { arn: "arn:aws:iam::777788889999:role/OrganizationAccountAccessRole" },
    ]);
    expect(mayUndo("sandbox")).toEqual([
      { arn: "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole" },
      { arn: "arn:aws:iam::444455556666:role/attack-simulation", path: "/attack-simulation/" },
    ]);
  });

  test("gives every target a dead-letter queue and a day of retries", () => {
    const targets = resources(stack("payments"), "aws_cloudwatch_event_target");

    expect(targets).toHaveLength(9);
    for (const target of targets) {
      expect(target).toMatchObject({
        dead_letter_config: { arn: expect.stringContaining("aws_sqs_queue.") },
        retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
      });
    }
  });

  test("forwards to the security account's bus, built from the configuration, with the forwarding role", () => {
    const forwards = resources(stack("payments"), "aws_cloudwatch_event_target").filter(
      (target) => target["arn"] === "arn:aws:events:us-east-1:111122223333:event-bus/security-events",
    );

    expect(forwards).toHaveLength(6);
    expect(forwards.every((target) => String(target["role_arn"]).includes("aws_iam_role.forwarding_"))).toBe(
      true,
    );
    expect(stack("payments").text).not.toContain("terraform_remote_state");
  });

  test("hands on outcomes by destination and keeps what failed", () => {
    const handsOn = {
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 21_600,
      destination_config: {
        on_success: { destination: "arn:aws:events:us-east-1:777788889999:event-bus/default" },
        on_failure: { destination: expect.stringContaining("aws_sqs_queue.") },
      },
    };

    expect(resources(stack("payments"), "aws_lambda_function_event_invoke_config")).toMatchObject([
      handsOn,
      handsOn,
      // What a sweep says of users stays in its log; of parts, it puts on the bus itself.
      { ...handsOn, destination_config: { on_failure: handsOn.destination_config.on_failure } },
    ]);
  });

  test("encrypts the topic with the key that costs nothing, and mails whom the configuration names", () => {
    const [topic] = resources(stack("payments"), "aws_sns_topic");
    const emails = resources(stack("payments"), "aws_sns_topic_subscription").filter(
      ({ protocol }) => protocol === "email",
    );

    expect(topic).toMatchObject({ name: "security-alerts", kms_master_key_id: "alias/aws/sns" });
    expect(resources(stack("payments"), "aws_kms_key")).toEqual([]);
    expect(emails.map((email) => email["endpoint"]).sort()).toEqual([
      "oncall@example.com",
      "payments@example.com",
    ]);
  });

  test("lets no service publish to the topic: the roles of the responder and the hold alone do", () => {
    const [policy] = resources(stack("payments"), "aws_sns_topic_policy");
    const { Statement } = JSON.parse(String(policy?.["policy"])) as { Statement: unknown[] };

    expect(Statement).toMatchObject([
      { Sid: "TlsOnly", Effect: "Deny" },
      { Sid: "ResponderAndHoldOnly", Effect: "Deny" },
    ]);
  });

  test("alarms on what a sweep does not find, or not in time", () => {
    expect(alarmNames("payments")).toEqual([
      "security-response-missed-sweeps",
      "security-response-throttles",
    ]);
  });

  test("alarms without sweeps on all that would go unnoticed, which a rule forwards", () => {
    const alarms = resources(
      synthesizeYaml(`${SAMPLE_YAML}sweep: { everyMinutes: 0 }\n`)["payments"],
      "aws_cloudwatch_metric_alarm",
    );

    expect(alarms.map((alarm) => alarm["metric_name"]).sort()).toEqual([
      "ApproximateNumberOfMessagesVisible",
      "DestinationDeliveryFailures",
      "Errors",
      ...Array<string>(6).fill("FailedInvocations"),
      "InvocationsFailedToBeSentToDlq",
      "NumberOfMessagesSent",
      "Throttles",
      "WithheldAlerts",
    ]);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        alarm_name: expect.stringMatching(/^security-response-/),
        // Metrics come late: one minute that breaches is seen for as long as they may.
        period: 60,
        evaluation_periods: alarm["namespace"] === "AWS/SQS" ? 15 : 5,
        datapoints_to_alarm: 1,
        treat_missing_data: "notBreaching",
      });
      // A topic under the AWS-managed key takes no alarm.
      expect(alarm["alarm_actions"]).toBeUndefined();
    }
  });

  test("sweeps every quarter of an hour, and alarms when two sweeps are missing, whatever the cause", () => {
    const rule = named("payments", "aws_cloudwatch_event_rule", "name", "security-response-sweep");
    const alarm = named(
      "payments",
      "aws_cloudwatch_metric_alarm",
      "alarm_name",
      "security-response-missed-sweeps",
    );

    expect(rule).toMatchObject({ schedule_expression: "rate(15 minutes)", state: "ENABLED" });
    expect(rule?.["event_pattern"]).toBeUndefined();
    expect(alarm).toMatchObject({
      metric_name: "Invocations",
      dimensions: { FunctionName: "quarantine-sweep" },
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      period: 900,
      evaluation_periods: 2,
      // It has no data before the first sweep either, and that is no alarm.
      treat_missing_data: "missing",
    });
  });

  test.each([
    ["a sweep of 0 minutes", (yaml: string) => `${yaml}sweep: { everyMinutes: 0 }\n`],
    ["an account that is off", (yaml: string) => yaml.replaceAll("mode: observe", "mode: 'off'")],
  ])("%s has no sweep, and no alarm that misses it", (_, edit) => {
    const research = synthesizeYaml(edit(SAMPLE_YAML))["research"];

    expect(
      resources(research, "aws_lambda_function")
        .map((each) => each["function_name"])
        .sort(),
    ).toEqual(["security-response", "security-response-hold"]);
    expect(
      resources(research, "aws_cloudwatch_metric_alarm").filter(
        ({ metric_name }) => metric_name === "Invocations",
      ),
    ).toEqual([]);
  });

  test("counts alerts that were withheld as second deliveries, since the tag behind that can be forged", () => {
    const [filter] = resources(stack("payments"), "aws_cloudwatch_log_metric_filter");

    expect(filter).toMatchObject({
      pattern: "{ $.answeredElsewhere IS TRUE }",
      metric_transformation: { namespace: "IamUserQuarantine", name: "WithheldAlerts" },
    });
  });

  test("tells the sweep, within what a rule may hand on, how every other part was deployed", () => {
    const target = named("payments", "aws_cloudwatch_event_target", "target_id", "sweep");
    const input = String(target?.["input"]);
    const { expected } = parsed(input) as { expected: ExpectedParts };

    // EventBridge API reference, Target: `Input`.
    expect(input.length).toBeLessThan(8_192 / 2);
    expect(expected.rules.map(({ name }) => name).sort()).toEqual(
      resources(stack("payments"), "aws_cloudwatch_event_rule")
        .map((rule) => rule["name"])
        .filter((name) => name !== "security-response-sweep")
        .sort(),
    );
    expect(expected.functions.map(({ name }) => name)).toEqual([
      "security-response",
      "security-response-hold",
    ]);
    expect(expected.topic).toEqual({ name: "security-alerts", emails: 2 });
    expect(input).not.toContain("${");
  });

  test("sends no event before its target may take it", () => {
    const targets = resources(stack("payments"), "aws_cloudwatch_event_target");

    for (const target of targets) {
      const needs =
        target["role_arn"] === undefined ? "aws_lambda_permission." : "aws_iam_role_policy.forwarding_";
      expect(target["depends_on"]).toEqual(
        expect.arrayContaining([
          expect.stringContaining("aws_sqs_queue_policy."),
          expect.stringContaining(needs),
        ]),
      );
    }
  });

  test("keeps logs for as long as configured, in a group that exists before the function", () => {
    const logs = named("payments", "aws_cloudwatch_log_group", "name", "/aws/lambda/security-response");
    const [responder] = resources(stack("payments"), "aws_lambda_function");

    expect(logs).toMatchObject({ retention_in_days: 365 });
    expect(responder?.["depends_on"]).toEqual([
      expect.stringContaining("aws_iam_role_policy."),
      expect.stringContaining("aws_cloudwatch_log_group."),
    ]);
  });

  test("runs the package it was given on nodejs22.x and arm64", () => {
    expect(named("payments", "aws_lambda_function", "function_name", "security-response")).toMatchObject({
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      source_code_hash: "fixture-sha256",
      filename: expect.stringMatching(/^assets\/.*function\.zip$/),
    });
  });

  test("sets concurrency aside only when the configuration says so", () => {
    const reserved = (name: string) =>
      named(name, "aws_lambda_function", "function_name", "security-response")?.[
        "reserved_concurrent_executions"
      ];

    expect(reserved("sandbox")).toBe(20);
    expect(reserved("payments")).toBeUndefined();
  });

  test("holds the attack simulation only on request", () => {
    expect(named("sandbox", "aws_lambda_function", "function_name", "attack-simulation")).toBeDefined();
    expect(named("payments", "aws_lambda_function", "function_name", "attack-simulation")).toBeUndefined();
  });

  test("publishes what a reviewer compares", () => {
    expect(Object.keys(stack("payments").json.output).sort()).toEqual([
      "alert_topic_arn",
      "detection_rule_arn",
      "quarantine_policy_arn",
      "responder_arn",
      "responder_code_sha256",
      "security_bus_arn",
    ]);
    expect(JSON.stringify(stack("payments").json.output)).not.toContain("sensitive");
  });

  test("publishes the code's hash so that one apply of new code leaves nothing to apply", () => {
    const value = stack("payments").json.output["responder_code_sha256"]?.["value"];

    // Known after apply like the time of the change: Terraform would keep the old hash otherwise.
    expect(value).toMatch(/last_modified == "never"\).*code_sha256\}$/);
  });
});

describe("the drill", () => {
  const drilled = synthesizeYaml(`${SAMPLE_YAML}drill: { everyHours: 24 }\n`);
  const functionsOf = (name: string) =>
    resources(drilled[name], "aws_lambda_function").map((each) => each["function_name"]);
  const find = (type: string, key: string, value: string) =>
    resources(drilled["payments"], type).find((resource) => resource[key] === value);

  test("is off unless it is configured, and then in accounts that enforce alone", () => {
    expect(
      resources(stack("payments"), "aws_lambda_function").map((each) => each["function_name"]),
    ).not.toContain("quarantine-drill");
    expect(functionsOf("payments")).toContain("quarantine-drill");
    expect(functionsOf("research")).not.toContain("quarantine-drill");
    expect(functionsOf("legacy")).not.toContain("quarantine-drill");
  });

  test.each([
    [24, "rate(24 hours)"],
    [1, "rate(1 hour)"],
  ])("every %i hours runs by %s", (everyHours, schedule) => {
    const { payments } = synthesizeYaml(`${SAMPLE_YAML}drill: { everyHours: ${everyHours} }\n`);
    const rule = resources(payments, "aws_cloudwatch_event_rule").find(
      ({ name }) => name === "security-response-drill",
    );

    expect(rule).toMatchObject({ schedule_expression: schedule, state: "ENABLED" });
  });

  test("mails all alerts but those about a drill that is for nobody; other subscriptions get them", () => {
    const emails = (found: SynthesizedStack | undefined) =>
      resources(found, "aws_sns_topic_subscription").filter(({ protocol }) => protocol === "email");

    expect(emails(drilled["payments"])).toHaveLength(2);
    for (const { filter_policy, filter_policy_scope } of emails(drilled["payments"])) {
      expect(parsed(filter_policy)).toEqual({ drill: [{ exists: false }] });
      // SNS's default is the message's attributes.
      expect(filter_policy_scope).toBeUndefined();
    }
    for (const email of [...emails(stack("payments")), ...emails(drilled["security"])]) {
      expect(email).not.toHaveProperty("filter_policy");
    }
  });

  test("hands on its outcome, and keeps the events of drills that could not run", () => {
    const invocations = resources(drilled["payments"], "aws_lambda_function_event_invoke_config").find(
      ({ function_name }) => String(function_name).includes("drill"),
    );

    expect(invocations).toMatchObject({
      destination_config: {
        on_success: { destination: "arn:aws:events:us-east-1:777788889999:event-bus/default" },
        on_failure: { destination: expect.stringContaining("aws_sqs_queue.") },
      },
    });
  });

  test("writes a tag on its own role that Terraform leaves alone", () => {
    const ignored = (found: SynthesizedStack | undefined) => found?.json.provider.aws[0]?.["ignore_tags"];

    expect(ignored(drilled["payments"])).toEqual([{ keys: ["QuarantineDrill"] }]);
    expect(ignored(drilled["research"])).toBeUndefined();
  });

  test("may undo the quarantine of its own users, and the responder may read whom it announces", () => {
    const responder = find("aws_lambda_function", "function_name", "security-response");
    const { variables } = responder?.["environment"] as { variables: Record<string, string> };
    const role = "arn:aws:iam::777788889999:role/quarantine-drill";
    const policy = parsed(find("aws_iam_role_policy", "name", "security-response")?.["policy"]);

    expect(parsed(variables["MAY_UNDO"])).toContainEqual({ arn: role, path: "/quarantine-drill/" });
    expect(policy).toMatchObject({
      Statement: expect.arrayContaining([
        { Sid: "ReadAnnouncement", Effect: "Allow", Action: "iam:ListRoleTags", Resource: role },
      ]),
    });
  });
});

describe("the mode of an account", () => {
  /** State of each rule by what its name ends in. */
  const states = (name: string) =>
    Object.fromEntries(
      resources(stack(name), "aws_cloudwatch_event_rule").map((rule) => [
        String(rule["name"]).replace("security-response-", ""),
        rule["state"],
      ]),
    );
  const rights = (name: string) => {
    const [policy] = resources(stack(name), "aws_iam_role_policy").filter(
      (each) => each["name"] === "security-response",
    );
    return String(policy?.["policy"]);
  };

  test("enforce may contain a user", () => {
    expect(states("payments")).toEqual({
      "create-user": "ENABLED",
      undone: "ENABLED",
      outcomes: "ENABLED",
      alarms: "ENABLED",
      changes: "ENABLED",
      "other-changes": "ENABLED",
      refusals: "ENABLED",
      sweep: "ENABLED",
    });
    expect(rights("payments")).toContain("iam:AttachUserPolicy");
  });

  test("observe has no right to change a user, and no quarantine that could be undone", () => {
    expect(states("research")).toEqual({
      "create-user": "ENABLED",
      undone: "DISABLED",
      outcomes: "ENABLED",
      alarms: "ENABLED",
      changes: "ENABLED",
      "other-changes": "ENABLED",
      refusals: "ENABLED",
      sweep: "ENABLED",
    });
    expect(rights("research")).not.toMatch(/iam:(Attach|Put|Tag|Untag|Update|Delete)/);
    expect(rights("research")).toContain("sns:Publish");
  });

  test("off deploys every rule disabled and gives no right to change a user", () => {
    expect(states("legacy")).toEqual({
      "create-user": "DISABLED",
      undone: "DISABLED",
      outcomes: "DISABLED",
      alarms: "DISABLED",
      changes: "DISABLED",
      "other-changes": "DISABLED",
      refusals: "DISABLED",
    });
    expect(rights("legacy")).not.toMatch(/iam:(Attach|Put|Tag|Untag|Update|Delete)/);
  });

  test("only what is configured may be taken from a user", () => {
    expect(rights("payments")).toContain("iam:DeleteLoginProfile");
    expect(rights("sandbox")).not.toContain("iam:DeleteLoginProfile");
    expect(rights("sandbox")).toContain("iam:UpdateAccessKey");
  });
});

describe("partitions", () => {
  test.each([
    ["aws-us-gov", "us-gov-west-1"],
    ["aws-cn", "cn-north-1"],
  ])("%s: every ARN carries the partition, and the Region is %s", (partition, region) => {
    const yaml = SAMPLE_YAML.replace("arn:aws:", `arn:${partition}:`);

    const foreign = synthesizeYaml(`partition: ${partition}\n${yaml}`);

    const text = Object.values(foreign)
      .map((each) => each.text)
      .join("\n");
    expect(text).toContain(`arn:${partition}:events:${region}:111122223333:event-bus/security-events`);
    expect(text.match(/arn:aws:/g)).toBeNull();
    expect(text).not.toContain("us-east-1");
  });
});
