/** The states of an alarm. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What decides an alarm's state besides its datapoints. */
export interface AlarmRule {
  /** N: how many of the latest datapoints count. */
  readonly evaluationPeriods: number;
  /** M: how many of them have to breach the threshold. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: "missing" | "ignore" | "breaching" | "notBreaching";
}

/** Whether a datapoint breaches the threshold; undefined for a missing one. */
export type Breach = boolean | undefined;

/**
 * Periods that CloudWatch looks at beyond the N of the alarm, so that missing datapoints can be replaced by
 * older ones: two, as in the examples of the CloudWatch guide, "Configuring how CloudWatch alarms treat
 * missing data". For other alarms the guide gives no number.
 */
export const EXTRA_PERIODS = 2;

/**
 * The state that datapoints lead to, or undefined when the alarm keeps its state. Rules: CloudWatch guide,
 * "Configuring how CloudWatch alarms treat missing data".
 *
 * @param range Of the alarm's N + {@link EXTRA_PERIODS} latest periods, oldest first.
 */
export function evaluateAlarm(range: readonly Breach[], rule: AlarmRule): AlarmState | undefined {
  const { evaluationPeriods: wanted, datapointsToAlarm, treatMissingData } = rule;
  const real = range.filter((breach) => breach !== undefined).slice(-wanted);
  const breaching = real.filter(Boolean).length;
  const toFill = wanted - real.length;
  if (treatMissingData === "breaching" || treatMissingData === "notBreaching") {
    const filled = treatMissingData === "breaching" ? toFill : 0;
    return breaching + filled >= datapointsToAlarm ? "ALARM" : "OK";
  }
  const retained = treatMissingData === "ignore";
  if (real.length === 0) {
    return retained ? undefined : "INSUFFICIENT_DATA";
  }
  if (breaching >= datapointsToAlarm) {
    return "ALARM";
  }
  // Too few datapoints for the alarm, but not one speaks against it.
  if (breaching === real.length && toFill > 0) {
    return retained ? undefined : "ALARM";
  }
  return "OK";
}
