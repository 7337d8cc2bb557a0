import { evaluateAlarm, type AlarmRule } from "../../../lab/cloudwatch/evaluate-alarm";

type Missing = AlarmRule["treatMissingData"];

const TREATMENTS: readonly Missing[] = ["missing", "ignore", "breaching", "notBreaching"];
const BREACHES = new Map<string, boolean | undefined>([
  ["X", true],
  ["0", false],
  ["-", undefined],
]);

/** What each treatment makes of the range: the alarm's state, or "keeps" for the one it has. */
function statesOf(range: string, datapointsToAlarm: number, evaluationPeriods: number) {
  const breaches = range.split(" ").map((symbol) => BREACHES.get(symbol));
  const rule = { datapointsToAlarm, evaluationPeriods };
  return TREATMENTS.map(
    (treatMissingData) => evaluateAlarm(breaches, { ...rule, treatMissingData }) ?? "keeps",
  );
}

// The rows of both tables of the CloudWatch guide, "Configuring how CloudWatch alarms treat missing data";
// X breaches, 0 does not, - is missing; the newest datapoint is the last one.
describe("3 of 3 datapoints, from the guide", () => {
  test.each([
    ["0 - X - X", ["OK", "OK", "OK", "OK"]],
    ["0 - - - -", ["OK", "OK", "OK", "OK"]],
    ["- - - - -", ["INSUFFICIENT_DATA", "keeps", "ALARM", "OK"]],
    ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["- - X - -", ["ALARM", "keeps", "ALARM", "OK"]],
  ])("%s as missing, ignore, breaching, notBreaching: %j", (range, states) => {
    expect(statesOf(range, 3, 3)).toEqual(states);
  });
});

describe("2 of 3 datapoints, from the guide", () => {
  test.each([
    ["0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 - X - -", ["OK", "OK", "ALARM", "OK"]],
    ["- - - - 0", ["OK", "OK", "ALARM", "OK"]],
    ["- - - - X", ["ALARM", "keeps", "ALARM", "OK"]],
  ])("%s as missing, ignore, breaching, notBreaching: %j", (range, states) => {
    expect(statesOf(range, 2, 3)).toEqual(states);
  });
});

describe("1 of 5 datapoints, not breaching when missing: the alarms of the stacks", () => {
  test.each([
    ["- - - - - - -", "OK"],
    ["- - - - - - X", "ALARM"],
    ["- - X - - - -", "ALARM"],
    ["X 0 0 0 0 0 0", "OK"],
    ["0 0 X 0 0 0 0", "ALARM"],
  ])("%s is %s", (range, state) => {
    expect(statesOf(range, 1, 5)[3]).toBe(state);
  });

  test("a datapoint still counts while fewer than five others are there", () => {
    expect(statesOf("X 0 0 - - - -", 1, 5)[3]).toBe("ALARM");
  });
});
