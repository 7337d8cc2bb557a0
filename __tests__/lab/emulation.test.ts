import { tmpdir } from "node:os";
import path from "node:path";
import { createEmulation, type Emulation } from "../../lab/emulation";
import type { AwsCall } from "../../lab/exchange/build-request";
import type { Principal } from "../../lab/exchange/principal";
import { jsonResponse, queryResponse } from "../../lab/exchange/responses";
import { AwsError } from "../../lab/shared/errors";
import { ACCOUNT, exchangeOf, USER } from "../support/lab/exchange";

const ROOT: Principal = { ...USER, type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root` };
const PUBLISH = {
  service: "sns",
  action: "Publish",
  params: { TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:alerts`, Message: "text" },
};
const PUBLISH_NOTHING = { ...PUBLISH, params: { ...PUBLISH.params, Message: "" } };
const ATTACH = { service: "iam", action: "AttachUserPolicy", params: { UserName: "bob", PolicyArn: "p" } };

let emulation: Emulation;
/** Actions that reached moto. */
let forwarded: string[];
/** What moto answers, by action. */
let results: Record<string, object>;
/** An action that fails in moto. */
let refused: string | undefined;
let log: string[];

beforeEach(() => {
  [forwarded, results, refused, log] = [[], { DescribeTrails: { trailList: [] } }, undefined, []];
  emulation = createEmulation({
    // An account without policies: moto answers with a user where one is asked for, else with nothing.
    forward: (request) => {
      forwarded.push(request.action);
      if (request.action === refused) {
        return Promise.reject(new AwsError("InternalError", "no answer", 500));
      }
      const result = request.action === "GetUser" ? { User: { Arn: USER.arn } } : results[request.action];
      const answer = request.protocol === "query" ? queryResponse(request, "ns", result ?? {}) : undefined;
      return Promise.resolve(answer ?? jsonResponse(result ?? {}));
    },
    organizationId: "o-lab0000001",
    accountIds: [ACCOUNT],
    endpoint: () => "http://127.0.0.1",
    codeFolder: path.join(tmpdir(), "emulation-test-unpacks-nothing"),
    settings: {
      ...{ newUserDelayMs: 0, propagationMs: 1_000, eventDelayMs: 0, lookupDelayMs: 0 },
      ...{ lambdaRetryDelaysMs: [0], rolesLeadTo: {} },
    },
    deliveryRetryDelaysMs: [0],
    lambdaMaxConcurrency: 1,
    log: (line) => log.push(line),
  });
});

afterEach(() => emulation.stop());

async function call(principal: Principal, input: Pick<AwsCall, "service" | "action" | "params">) {
  const { status, body } = await emulation.pipeline(exchangeOf(input, principal));
  return { status, code: /<Code>(\w+)/.exec(body.toString())?.[1] };
}

describe("the clock", () => {
  test("waits for an authorization", async () => {
    let answered = false;
    // A service that no other test names: its actions are read from disk.
    const answer = call(USER, { service: "kms", action: "CreateKey", params: {} }).then(
      () => (answered = true),
    );

    await emulation.advance(1);

    expect(answered).toBe(true);
    await answer;
  });
});

describe("a minute of the lab", () => {
  test("evaluates alarms although a queue cannot be read", async () => {
    const alarm = { AlarmName: "a", Namespace: "AWS/SQS", MetricName: "NumberOfMessagesSent" };
    const arn = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:a`;
    const member = {
      ...{
        ...alarm,
        AlarmArn: arn,
        Statistic: "p99",
        Period: "60",
        EvaluationPeriods: "1",
        StateValue: "OK",
      },
      Dimensions: { member: { Name: "QueueName", Value: "q" } },
    };
    results["DescribeAlarms"] = { MetricAlarms: { member } };
    refused = "GetQueueAttributes";
    await call(ROOT, { service: "monitoring", action: "PutMetricAlarm", params: alarm });

    await emulation.advance(60_000);

    expect(log).toContainEqual(expect.stringContaining("a step of the lab's minute failed"));
    expect(log).toContainEqual(expect.stringContaining(`alarm not evaluated: ${arn}`));
  });
});

describe("the order of the guards", () => {
  test("authorization refuses before a fault hits", async () => {
    emulation.faults.add({ action: "*", kind: "throttle" });

    const answer = await call(USER, PUBLISH);

    expect(answer.code).toBe("AuthorizationError");
    expect(emulation.faults.list()).toMatchObject([{ hits: 0 }]);
  });

  test("authorization refuses before the input is checked", async () => {
    expect(await call(USER, PUBLISH_NOTHING)).toEqual({ status: 403, code: "AuthorizationError" });
  });

  test("a fault hits before the input is checked", async () => {
    emulation.faults.add({ action: "Publish", kind: "throttle", count: 1 });

    const answers = [await call(ROOT, PUBLISH_NOTHING), await call(ROOT, PUBLISH_NOTHING)];

    expect(answers.map(({ code }) => code)).toEqual(["Throttling", "InvalidParameter"]);
    expect(forwarded).not.toContain("Publish");
  });

  test("a fault hits what the lab answers itself", async () => {
    emulation.faults.add({ action: "*", kind: "throttle", count: 1 });
    const whoami = { service: "sts", action: "GetCallerIdentity", params: {} };

    const answers = [await call(ROOT, whoami), await call(ROOT, whoami)];

    expect(answers).toEqual([
      { status: 400, code: "Throttling" },
      { status: 200, code: undefined },
    ]);
    expect(forwarded).toEqual([]);
  });

  test("the state that a change replaces is read last, and before the change", async () => {
    emulation.faults.add({ action: "AttachUserPolicy", kind: "throttle", count: 1 });

    await call(ROOT, ATTACH);
    const afterFault = [...forwarded];
    await call(ROOT, ATTACH);

    expect(afterFault).not.toContain("ListAttachedUserPolicies");
    expect(forwarded.indexOf("ListAttachedUserPolicies")).toBeLessThan(forwarded.indexOf("AttachUserPolicy"));
    expect(forwarded).toContain("ListAttachedUserPolicies");
  });
});
