import { existsSync } from "node:fs";
import { EXIT } from "../../../cli/exit-codes";
import { runProgram } from "../../../lab/run-program";
import { NAMES } from "../../../stacks/names";
import { labApi, type LabApi } from "../../support/lab/api";
import { PAYMENTS } from "./accounts";
import { readReport, type Operator } from "./operator";

const TOPIC = `arn:aws:sns:us-east-1:${PAYMENTS.id}:${NAMES.topic}`;
const RULE = `arn:aws:events:us-east-1:${PAYMENTS.id}:rule/${NAMES.detectionRule}`;
const PATTERN = JSON.stringify({ source: ["other.team"] });

/** Another team's topic and rule under our names. No account is deployed; the cases leave both adopted. */
export function takenNameCases(operator: Operator): void {
  let api: LabApi;
  /** What the message says is to be typed. */
  let adopt: string[] = [];

  const foreign = async () => {
    const { Attributes } = await api("sns", "GetTopicAttributes", { TopicArn: TOPIC });
    return { Attributes, rule: await api("events", "DescribeRule", { Name: NAMES.detectionRule }) };
  };

  beforeAll(async () => {
    api = labApi(operator.lab.endpoint, operator.lab.credentials(PAYMENTS.id).accessKeyId);
    await api("sns", "CreateTopic", { Name: NAMES.topic });
    await api("events", "PutRule", { Name: NAMES.detectionRule, EventPattern: PATTERN });
  });

  test("plan fails an account that has a topic and a rule of our names, and plans the others", async () => {
    const { code, stdout } = await operator.run("plan", "-a", "payments", "-a", "orders", "--json");

    const [payments, orders] = readReport(stdout).stacks;
    expect(payments).toMatchObject({ name: "payments", outcome: "failed", retries: 0 });
    expect(payments?.cause).toContain(`the rule ${RULE}, the topic ${TOPIC} exist already`);
    expect(orders).toMatchObject({ name: "orders", outcome: "changed" });
    expect(code).toBe(EXIT.failed);
  });

  test("rollout stops before it changes anything in the account, and says how to adopt both", async () => {
    const before = await foreign();

    const { code, stdout } = await operator.run("rollout", "--yes", "--account", "payments");

    expect(operator.resultOf(PAYMENTS)).toMatchObject({ outcome: "failed" });
    expect(await foreign()).toEqual(before);
    expect(before.rule["EventPattern"]).toBe(PATTERN);
    expect(existsSync(operator.path("state", `${PAYMENTS.id}.tfstate`))).toBe(false);
    adopt = stdout.split("\n").filter((line) => line.trim().startsWith("terraform "));
    expect(adopt).toHaveLength(2);
    expect(code).toBe(EXIT.failed);
  });

  test("after the commands of the message, the account's plan changes both instead of creating them", async () => {
    for (const command of adopt) {
      // The name of the program, where it is OpenTofu or not on the PATH.
      const terraform = `terraform() { "${operator.terraform.program}" "$@"; }`;
      const environment = operator.environment;
      const { signal } = operator.stopping;
      await runProgram("sh", ["-c", `${terraform}; ${command}`], {
        ...{ cwd: operator.path(), environment, signal },
      });
    }

    const { code, stdout } = await operator.run("plan", "--account", "payments");

    expect(stdout).toMatch(/~ aws_sns_topic\.\S+\n/);
    expect(stdout).toMatch(/~ aws_cloudwatch_event_rule\.\S+\n/);
    expect(code).toBe(EXIT.changes);
  });
}
