import { setTimeout as sleep } from "node:timers/promises";
import { Alarms } from "../../../lab/cloudwatch/alarms";
import { Metrics } from "../../../lab/cloudwatch/metrics";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import { queryResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const HOME = { accountId: ACCOUNT, region: "us-east-1" };
const METRIC = { home: HOME, namespace: "N", name: "M", dimensions: { D: "1" } };
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alerts`;
const ALARM_ARN = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:a`;
const CONFIGURATION = {
  ...{ AlarmName: "a", AlarmArn: ALARM_ARN, Namespace: "N", MetricName: "M", Statistic: "Sum" },
  ...{
    Dimensions: [{ Name: "D", Value: "1" }],
    Period: "60",
    EvaluationPeriods: "2",
    DatapointsToAlarm: "1",
  },
  ...{ Threshold: "1.0", ComparisonOperator: "GreaterThanOrEqualToThreshold", ActionsEnabled: "true" },
  ...{ TreatMissingData: "notBreaching", AlarmActions: [TOPIC], OKActions: [TOPIC] },
};

/** moto with one alarm, a clock, and what CloudWatch does. */
function setUp(configuration: Record<string, unknown> = {}) {
  let time = Date.parse("2026-01-05T08:00:00Z");
  const clock = { now: () => new Date(time) };
  const metrics = new Metrics(clock);
  const created = {
    ...CONFIGURATION,
    ...configuration,
    StateValue: "OK",
    StateReason: "",
    StateReasonData: "",
  };
  let stored = [created];
  const moto = jest.fn((_account: string, { action, params }: { action: string; params: object }) => {
    if (action === "SetAlarmState") {
      stored = stored.map((alarm) => ({ ...alarm, ...(params as { StateValue: string }) }));
    }
    return Promise.resolve({ MetricAlarms: stored });
  });
  const call = jest.fn().mockResolvedValue({});
  const events: BusEvent[] = [];
  const log: string[] = [];
  const send = (event: BusEvent): number => events.push(event);
  const alarms = new Alarms({ moto, call, metrics, clock, send, log: (line) => log.push(line) });
  const request = async (action: string, params: Record<string, unknown>): Promise<void> => {
    if (action === "PutMetricAlarm") {
      stored = [created];
    } else if (action === "DeleteAlarms") {
      stored = [];
    } else {
      await moto(ACCOUNT, { action, params });
    }
    const exchange = exchangeOf({ service: "monitoring", action, params });
    await alarms.observe(exchange, queryResponse(exchange.request, "ns"));
  };
  const minute = async (): Promise<void> => {
    time += 60_000;
    await alarms.evaluate();
  };
  const state = (): unknown => stored[0]?.StateValue;
  return {
    alarms,
    moto,
    metrics,
    request,
    minute,
    state,
    call,
    events,
    log,
    put: () => request("PutMetricAlarm", { AlarmName: "a" }),
  };
}

describe("an alarm", () => {
  test("begins without data, and is evaluated when a minute is over", async () => {
    const { put, minute, state, events } = setUp();

    await put();
    const first = state();
    await minute();

    expect([first, state()]).toEqual(["INSUFFICIENT_DATA", "OK"]);
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { alarmName: "a", previousState: { value: "INSUFFICIENT_DATA" }, state: { value: "OK" } },
    ]);
  });

  test("keeps the state of a minute that ends while its first one is written", async () => {
    const { put, minute, state, moto } = setUp();
    const answer = moto.getMockImplementation();
    moto.mockImplementation(async (account, call) => {
      const { StateValue } = call.params as { StateValue?: string };
      if (StateValue === "INSUFFICIENT_DATA") {
        await sleep(5);
      }
      return answer?.(account, call) ?? { MetricAlarms: [] };
    });

    await Promise.all([put(), minute()]);
    await minute();

    expect(state()).toBe("OK");
  });

  test("goes off, says so on the bus and to its topic, and comes back when the datapoint is out of sight", async () => {
    const { put, metrics, minute, state, events, call } = setUp();
    await put();
    await minute();
    call.mockClear();

    metrics.record(METRIC);
    const states: unknown[] = [];
    for (let index = 0; index < 5; index++) {
      await minute();
      states.push(state());
    }

    expect(states).toEqual(["ALARM", "ALARM", "ALARM", "ALARM", "OK"]);
    expect(events[1]).toMatchObject({
      ...{ source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", resources: [ALARM_ARN] },
      account: ACCOUNT,
      detail: {
        state: {
          value: "ALARM",
          reason:
            "Threshold Crossed: 1 out of the last 2 datapoints [1.0 (05/01/26 08:01:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
          timestamp: "2026-01-05T08:02:00.000+0000",
        },
        configuration: {
          metrics: [{ metricStat: { metric: { namespace: "N", name: "M", dimensions: { D: "1" } } } }],
        },
      },
    });
    const published = call.mock.calls as [object, { params: { Message: string } }][];
    expect(published.map(([principal, { params }]) => [principal, params])).toMatchObject([
      [
        { type: "AWSService", service: "cloudwatch.amazonaws.com", sourceArn: ALARM_ARN },
        { TopicArn: TOPIC, Subject: 'ALARM: "a" in US East (N. Virginia)' },
      ],
      [{}, { Subject: 'OK: "a" in US East (N. Virginia)' }],
    ]);
    expect(JSON.parse(published[0]?.[1].params.Message ?? "")).toMatchObject({
      ...{ AlarmName: "a", AWSAccountId: ACCOUNT, NewStateValue: "ALARM", OldStateValue: "OK" },
      Trigger: { MetricName: "M", Dimensions: [{ name: "D", value: "1" }], Threshold: 1 },
    });
  });

  test("does not count another metric, or the minute that runs", async () => {
    const { put, metrics, minute, state } = setUp();
    await put();
    metrics.record({ ...METRIC, dimensions: {} });
    metrics.record({ ...METRIC, home: { ...HOME, accountId: "999999999999" } });
    metrics.record(METRIC, 1, new Date("2026-01-05T08:01:00Z"));

    await minute();
    const before = state();
    await minute();

    expect([before, state()]).toEqual(["OK", "ALARM"]);
  });

  test("set by hand goes off with all that follows, until the next evaluation", async () => {
    const { put, request, minute, state, events, call } = setUp();
    await put();
    await minute();
    call.mockClear();

    await request("SetAlarmState", { AlarmName: "a", StateValue: "ALARM", StateReason: "a test" });
    const set = state();
    await minute();

    expect([set, state()]).toEqual(["ALARM", "OK"]);
    expect(events[1]).toMatchObject({ detail: { state: { value: "ALARM", reason: "a test" } } });
    expect(call).toHaveBeenCalledTimes(2);
  });

  test("that is put again keeps its state; one that was deleted begins anew", async () => {
    const { put, request, metrics, minute, state } = setUp();
    await put();
    metrics.record(METRIC);
    await minute();

    await put();

    expect(state()).toBe("ALARM");
    await request("DeleteAlarms", { AlarmNames: ["a"] });
    await put();
    expect(state()).toBe("INSUFFICIENT_DATA");
  });

  test("that is deleted while it is evaluated stops no other", async () => {
    const { alarms, put, minute, moto, log, events } = setUp();
    await put();
    await alarms.of(HOME);
    moto.mockImplementationOnce(() => Promise.reject(new AwsError("ResourceNotFound", "no such alarm")));

    await minute();

    expect(log).toEqual([`alarm not evaluated: ${ALARM_ARN}: no such alarm`]);
    expect(events).toEqual([]);
  });

  test("with its actions switched off only tells the bus", async () => {
    const { put, metrics, minute, events, call } = setUp({ ActionsEnabled: "false" });
    await put();
    metrics.record(METRIC);

    await minute();

    expect(events).toHaveLength(1);
    expect(call).not.toHaveBeenCalled();
  });

  test("whose topic refuses it changes its state all the same", async () => {
    const { put, metrics, minute, state, call, log } = setUp();
    call.mockRejectedValue(new AwsError("AuthorizationError", "not authorized"));
    await put();
    metrics.record(METRIC);

    await minute();

    expect(state()).toBe("ALARM");
    expect(log).toEqual([expect.stringContaining("alarm action failed")]);
  });

  test("that the lab cannot evaluate is named in the log and keeps its state", async () => {
    const { put, minute, state, log } = setUp({ Statistic: "p99" });
    await put();

    await minute();

    expect(state()).toBe("INSUFFICIENT_DATA");
    expect(log).toEqual([expect.stringContaining('the lab does not know the statistic "p99"')]);
  });
});
