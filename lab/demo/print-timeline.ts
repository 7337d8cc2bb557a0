import { STEPS, type QuarantineTimeline, type Step } from "../client/quarantine-timeline";

const LABELS: Readonly<Record<Step, string>> = {
  created: "user created",
  contained: "contained: deny-all policy attached",
  tagged: "tagged",
  alerted: "alerted in its account",
  seenBySecurity: "event in the security account",
  outcomeSeenBySecurity: "outcome in the security account",
  alertedBySecurity: "alerted in the security account",
};

/** A timeline for people: what happened, and how many milliseconds after the user was created. */
export function describeTimeline(timeline: QuarantineTimeline): string[] {
  const { created } = timeline;
  const happened = STEPS.flatMap((step) => {
    const time = timeline[step];
    return time === undefined ? [] : [{ step, time }];
  }).sort((a, b) => a.time - b.time);
  return happened.map(({ step, time }) => {
    const after =
      step === "created" ? new Date(time).toISOString().slice(11, 23) : `+${time - (created ?? time)} ms`;
    return `    ${after.padStart(12)}  ${LABELS[step]}`;
  });
}
