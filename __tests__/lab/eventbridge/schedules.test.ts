import type { Rule } from "../../../lab/eventbridge/rule-book";
import { Schedules } from "../../../lab/eventbridge/schedules";
import type { BusAddress, BusEvent } from "../../../lab/exchange/bus-event";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const START = new Date("2026-01-05T08:00:30Z");
const MINUTE_MS = 60_000;
const OK = { status: 200, headers: {}, body: Buffer.from("") };
const REFUSED = { ...OK, status: 400 };

function ruleOf(name: string, schedule?: string): Rule {
  const arn = `arn:aws:events:us-east-1:${ACCOUNT}:rule/${name}`;
  return { name, arn, matches: () => false, targets: [], ...(schedule !== undefined && { schedule }) };
}

/** A lab with one account, whose rules a test changes as EventBridge's API does. */
function setUp() {
  const rules: Rule[] = [];
  const fired: { readonly at: string; readonly rule: string; readonly event: BusEvent }[] = [];
  let now = START.getTime();
  const fire = (_bus: BusAddress, { name }: Rule, event: BusEvent) => {
    fired.push({ at: new Date(now).toISOString(), rule: name, event });
  };
  const schedules = new Schedules({
    rules: { rulesOf: () => Promise.resolve([...rules]) },
    buses: { fire },
    clock: { now: () => new Date(now) },
  });
  const call = (action: string, params: object, response = OK) =>
    schedules.observe(exchangeOf({ service: "events", action, params: { ...params } }), response);
  return {
    fired,
    call,
    async put(rule: Rule, response = OK) {
      const index = rules.findIndex(({ name }) => name === rule.name);
      rules.splice(index === -1 ? rules.length : index, 1, rule);
      await call("PutRule", { Name: rule.name, ScheduleExpression: rule.schedule }, response);
    },
    /** As a disabled rule, it is not among those that the lab reads. */
    async disable(rule: Rule) {
      rules.splice(rules.indexOf(rule), 1);
      await call("DisableRule", { Name: rule.name });
    },
    async enable(rule: Rule) {
      rules.push(rule);
      await call("EnableRule", { Name: rule.name });
    },
    /** Moves the time minute by minute, as the lab does. */
    async pass(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        now += MINUTE_MS;
        await schedules.fire();
      }
    },
  };
}

test("a rate counts from when the rule is put", async () => {
  const lab = setUp();
  await lab.pass(3);

  await lab.put(ruleOf("sweep", "rate(5 minutes)"));
  await lab.pass(11);

  expect(lab.fired.map(({ at }) => at)).toEqual(["2026-01-05T08:08:30.000Z", "2026-01-05T08:13:30.000Z"]);
});

test("the event is that of a schedule, and names the rule", async () => {
  const lab = setUp();
  const sweep = ruleOf("sweep", "rate(1 minute)");
  await lab.put(sweep);

  await lab.pass(1);

  expect(lab.fired[0]?.event).toMatchObject({
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: ACCOUNT,
    time: "2026-01-05T08:01:30Z",
    resources: [sweep.arn],
    detail: {},
  });
});

test("a cron rule fires at its minute", async () => {
  const lab = setUp();
  await lab.put(ruleOf("drill", "cron(15 8 * * ? *)"));

  await lab.pass(60);

  expect(lab.fired.map(({ at }) => at)).toEqual(["2026-01-05T08:15:30.000Z"]);
});

test("a disabled rule does not fire, and its rate starts anew when it is enabled", async () => {
  const lab = setUp();
  const sweep = ruleOf("sweep", "rate(5 minutes)");
  await lab.put(sweep);
  await lab.pass(3);
  await lab.disable(sweep);
  await lab.pass(10);
  expect(lab.fired).toEqual([]);

  await lab.enable(sweep);
  await lab.pass(5);

  expect(lab.fired.map(({ at }) => at)).toEqual(["2026-01-05T08:18:30.000Z"]);
});

test("a rule that is put again with the same schedule keeps its time, with another starts anew", async () => {
  const lab = setUp();
  await lab.put(ruleOf("sweep", "rate(5 minutes)"));
  await lab.pass(4);
  await lab.put(ruleOf("sweep", "rate(5 minutes)"));
  await lab.pass(1);
  expect(lab.fired).toHaveLength(1);

  await lab.put(ruleOf("sweep", "rate(2 minutes)"));
  await lab.pass(2);

  expect(lab.fired.map(({ at }) => at)).toEqual(["2026-01-05T08:05:30.000Z", "2026-01-05T08:07:30.000Z"]);
});

test("a rule without a schedule does not fire, and neither does one that was refused", async () => {
  const lab = setUp();
  await lab.put(ruleOf("on-create"));
  await lab.put(ruleOf("sweep", "rate(1 minute)"), REFUSED);

  await lab.pass(5);

  expect(lab.fired).toEqual([]);
});
