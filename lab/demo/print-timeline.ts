import { STEPS, type QuarantineTimeline, type Step } from "../client/quarantine-timeline";

const LABELS: Readonly<Record<Step, string>> = {
  created: "user created",
  contained: "user contained: deny-all policy attached",
  tagged: "user tagged",
  alerted: "alert sent in the account",
  seenBySecurity: "event reached the security account",
  outcomeSeenBySecurity: "outcome reached the security account",
  alertedBySecurity: "alert sent in the security account",
};

/** A timeline as lines of text: each step, and its time after the user's creation. */
export function describeTimeline(timeline: QuarantineTimeline): string[] {
  const { created } = timeline;
  const happened = STEPS.flatMap((step) => {
    const time = timeline[step];
    return time === undefined ? [] : [{ step, time }];
  }).sort((a, b) => a.time - b.time);
  return happened.map(({ step, time }) => {
    const after =
      step === "created" ? new Date(time).toISOString().slice(11, 23) : `+${time - (created ?? time)} ms`;
    return `${after.padStart(12)}  ${LABELS[step]}`;
  });
}
