import {
  FAILED_EVENTS,
  functionLogGroup,
  HOLD_NAME,
  RESPONDER_ENV,
  RESPONDER_NAME,
  type ExpectedFunction,
  type ExpectedParts,
  type ExpectedRule,
  type FindingKind,
  type HealthFinding,
} from "../../contract";
import { fingerprint } from "../../shared/fingerprint";
import { describePause, pauseAt, readPause, type Pause } from "../../shared/pause";
import { listing, plain } from "../../shared/text";
import type { AccountArns } from "./account-arns";
import type { FoundFunction, FoundParts, FoundRule, FoundSubscription, FoundTarget, Reading } from "./parts";

/** A finding without the time since when it exists. */
export type Finding = Omit<HealthFinding, "since">;

/** What was deployed, and where. */
export interface Grounds {
  readonly expected: ExpectedParts;
  readonly arns: AccountArns;
  /** The sweep's own environment, which has the responder's variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A function that was changed within this time is not compared: a rollout may be changing it, and this sweep
 * may not have the new expected parts yet. Another change is found by the next sweep.
 */
const SETTLING_MS = 10 * 60_000;

/** The most characters of a value in a finding. */
const QUOTED = 300;

const HANDLER = "index.handler";

/** The differences between the found and the expected parts, in the order of the parts. */
export function compareParts(found: FoundParts, grounds: Grounds): Finding[] {
  const { expected, arns } = grounds;
  return [
    ...expected.rules.flatMap((rule, index) =>
      judge(found.rules[index], `rule ${rule.name}`, "rule", severityOf(rule), (each) =>
        ruleFindings(rule, each, expected, arns),
      ),
    ),
    ...expected.functions.flatMap((each, index) =>
      judge(found.functions[index], `function ${each.name}`, "function-code", "CRITICAL", (value) =>
        functionFindings(each, value, grounds),
      ),
    ),
    ...judge(found.queue, `queue ${expected.queue.name}`, "queue", "HIGH", ({ letters, policy }) => [
      ...differs("queue", `queue ${expected.queue.name}`, "HIGH", {
        expected: `the policy that was deployed (${expected.queue.policy})`,
        found: fingerprintOf(policy) === expected.queue.policy ? undefined : policy || "no policy",
      }),
      ...differs("dead-letters", `queue ${expected.queue.name}`, "HIGH", {
        expected: "no letters",
        found: letters === 0 ? undefined : `${letters} ${letters === 1 ? "letter" : "letters"}`,
      }),
    ]),
    ...alertFindings(found.alerts, expected.topic),
    ...judge(found.hold, `topic ${HOLD_NAME}`, "subscription", "CRITICAL", (subscriptions) =>
      differs("subscription", `topic ${HOLD_NAME}`, "CRITICAL", {
        expected: `the function ${HOLD_NAME} alone`,
        found:
          subscriptions.length === 1 && subscriptions[0]?.endpoint === arns.function(HOLD_NAME)
            ? undefined
            : listing(subscriptions.map(({ endpoint }) => endpoint)) || "nobody",
      }),
    ),
    ...judge(found.trails, "CloudTrail", "trail", "CRITICAL", (trails) =>
      differs("trail", "CloudTrail", "CRITICAL", {
        expected: `a trail that logs the write events of IAM in ${arns.region}`,
        found: trails.some(({ isLogging, logsWrites }) => isLogging && logsWrites)
          ? undefined
          : listing(
              trails.map(
                ({ name, isLogging }) => `${name}, which ${isLogging ? "leaves them out" : "is off"}`,
              ),
            ) || "no trail",
      }),
    ),
    ...judge(found.policyDenies, "quarantine policy", "quarantine-policy", "CRITICAL", (denies) =>
      differs("quarantine-policy", "quarantine policy", "CRITICAL", {
        expected: "a default version that denies everything",
        found: denies ? undefined : "another document",
      }),
    ),
    ...judge(found.withheld, "alerts", "withheld-alerts", "HIGH", (count) =>
      differs("withheld-alerts", "alerts", "HIGH", {
        expected: "no alert that was withheld in the last hour",
        found: count === 0 ? undefined : String(count),
      }),
    ),
  ];
}

/** The finding when the sweep was invoked without the expected parts. */
export const NO_EXPECTATIONS: Finding = {
  kind: "expectations",
  place: "rule that starts the sweep",
  expected: "an input that says how the stack deployed the parts",
  found: "none",
  severity: "CRITICAL",
};

/** A part that could not be read. */
export function unreadable(place: string, error: string): Finding {
  return { kind: "unreadable", place, expected: "an answer of AWS", found: error, severity: "HIGH" };
}

function judge<T>(
  reading: Reading<T> | undefined,
  place: string,
  kind: FindingKind,
  severity: Finding["severity"],
  findings: (value: T) => readonly Finding[],
): readonly Finding[] {
  switch (reading?.kind) {
    case "read":
      return findings(reading.value);
    case "unreadable":
      return [unreadable(place, reading.error)];
    case "missing":
    case undefined:
      return [{ kind, place, expected: "that it exists", found: "nothing", severity }];
  }
}

/** One finding, or none when `found` is undefined. */
function differs(
  kind: FindingKind,
  place: string,
  severity: Finding["severity"],
  { expected, found }: { readonly expected: string; readonly found: string | undefined },
): Finding[] {
  return found === undefined
    ? []
    : [{ kind, place, expected: plain(expected, QUOTED), found: plain(found, QUOTED), severity }];
}

type Value = string | number | undefined;

/** One finding for each pair of values that differ. */
function differ(
  kind: FindingKind,
  place: string,
  severity: Finding["severity"],
  pairs: readonly (readonly [name: string, expected: Value, found: Value])[],
): Finding[] {
  return pairs.flatMap(([name, expected, found]) =>
    differs(kind, place, severity, {
      expected: `${name}: ${shown(expected)}`,
      found: expected === found ? undefined : `${name}: ${shown(found)}`,
    }),
  );
}

function shown(value: Value): string {
  return value === undefined || value === "" ? "none" : String(value);
}

/**
 * A rule that invokes a function is needed for the response; one that only forwards is needed for reporting.
 */
function severityOf({ targets }: ExpectedRule): Finding["severity"] {
  return targets.some((target) => !target.startsWith("arn:")) ? "CRITICAL" : "HIGH";
}

function ruleFindings(
  rule: ExpectedRule,
  found: FoundRule,
  { forwardingRole, queue }: ExpectedParts,
  arns: AccountArns,
): Finding[] {
  const place = `rule ${rule.name}`;
  const severity = severityOf(rule);
  const targets = rule.targets.map((target) => {
    const isBus = target.startsWith("arn:");
    return {
      arn: isBus ? target : arns.function(target),
      roleArn: isBus ? arns.role(forwardingRole) : "",
      deadLetterArn: arns.queue(queue.name),
    };
  });
  const text = ({ arn, roleArn, deadLetterArn }: Omit<FoundTarget, "input">): string =>
    `${arn} with role ${shown(roleArn)} and dead letters to ${shown(deadLetterArn)}`;
  const texts = found.targets.map(text);
  const expectedTexts = targets.map(text);
  return [
    ...differ("rule", place, severity, [["state", rule.state, found.state]]),
    ...differs("rule", place, severity, {
      expected: `the pattern that was deployed (${rule.pattern})`,
      found: fingerprintOf(found.pattern) === rule.pattern ? undefined : found.pattern || "no pattern",
    }),
    ...expectedTexts
      .filter((each) => !texts.includes(each))
      .flatMap((each) => differs("target", place, severity, { expected: each, found: "no such target" })),
    ...texts
      .filter((each) => !expectedTexts.includes(each))
      .flatMap((each) => differs("target", place, severity, { expected: "no other target", found: each })),
    // No rule that is checked has a target that gets anything but the event.
    ...differ(
      "target",
      place,
      severity,
      found.targets.map(({ arn, input }) => [`input of ${arn}`, "", input] as const),
    ),
  ];
}

function fingerprintOf(json: string): string | undefined {
  try {
    return fingerprint(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function functionFindings(expected: ExpectedFunction, found: FoundFunction, grounds: Grounds): Finding[] {
  const { arns, now } = grounds;
  const place = `function ${expected.name}`;
  const isSettling = now - found.modifiedAt < SETTLING_MS;
  const paused = pauseAt(pauseOf(expected, found), now);
  return [
    // Reported at once, even if the function was changed just now: a rollout never pauses it.
    ...differs("pause", place, "HIGH", {
      expected: "that new users are denied",
      found: paused && describePause(paused),
    }),
    ...(isSettling
      ? []
      : [
          ...differ("function-code", place, "CRITICAL", [["code", expected.code, found.code]]),
          ...configurationFindings(expected, found, grounds),
        ]),
    ...differ("function-concurrency", place, "CRITICAL", [
      ["reserved concurrency", expected.concurrency, found.concurrency],
    ]),
    ...differ("function-destinations", place, "HIGH", [
      ["outcomes to", arns.defaultBus, found.destinations?.onSuccess],
      ["failed events to", arns.queue(grounds.expected.queue.name), found.destinations?.onFailure],
      ["retries", FAILED_EVENTS.retries, found.destinations?.retries],
      ["seconds that an event may wait", FAILED_EVENTS.ageSeconds, found.destinations?.ageSeconds],
    ]),
  ];
}

/**
 * The pause in the responder's environment, even if it is not in effect. Other functions ignore the variable.
 */
function pauseOf({ name }: ExpectedFunction, { variables }: FoundFunction): Pause | undefined {
  return name === RESPONDER_NAME ? readPause(variables[RESPONDER_ENV.pause]) : undefined;
}

function configurationFindings(
  expected: ExpectedFunction,
  found: FoundFunction,
  { arns, variables, now }: Grounds,
): Finding[] {
  const place = `function ${expected.name}`;
  const wanted: Record<string, string | undefined> = Object.fromEntries(
    Object.values(RESPONDER_ENV).map((name) => [name, variables[name]]),
  );
  wanted[RESPONDER_ENV.holdTopicArn] = expected.holdTopic;
  const pause = pauseOf(expected, found);
  if (pause !== undefined && (pauseAt(pause, now) !== undefined || pause.until <= now)) {
    // A pause in effect is a finding of its own, and one that has ended is none. One that ends too late is a
    // difference.
    wanted[RESPONDER_ENV.pause] = found.variables[RESPONDER_ENV.pause];
  }
  const added = Object.keys(found.variables).filter((name) => !(name in wanted));
  return differ("function-configuration", place, "CRITICAL", [
    ["role", arns.role(expected.name), found.roleArn],
    ["handler", HANDLER, found.handler],
    // A function without a way to IAM and SNS runs into its time-out.
    ["network", "", found.network],
    // The sweep reads who was answered in this log group.
    ["log group", functionLogGroup(expected.name), found.logGroup],
    ["time-out", expected.timeout, found.timeout],
    ["memory", expected.memory, found.memory],
    ["layers", "none", listing(found.layers) || "none"],
    ...Object.keys(wanted).map((name) => [`variable ${name}`, wanted[name], found.variables[name]] as const),
    // The value is not shown: it may be a secret.
    ...added.map((name) => [`variable ${name}`, undefined, "set"] as const),
  ]);
}

function alertFindings(
  reading: Reading<readonly FoundSubscription[]>,
  { name, emails }: ExpectedParts["topic"],
): readonly Finding[] {
  const place = `topic ${name}`;
  return judge(reading, place, "subscription", "HIGH", (subscriptions) => {
    const mail = subscriptions.filter(({ protocol }) => protocol === "email");
    const confirmed = mail.filter(({ isConfirmed }) => isConfirmed).length;
    const pending = mail.length - confirmed;
    return differs("subscription", place, "MEDIUM", {
      expected: `${emails} confirmed mail ${emails === 1 ? "subscription" : "subscriptions"}`,
      found: confirmed < emails ? `${confirmed} confirmed, ${pending} not confirmed` : undefined,
    });
  });
}
