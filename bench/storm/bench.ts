import { AwsStub } from "../aws-stub/aws-stub";
import type { Bench, Subject, Target } from "../bench";
import { creationEvent, functionEnvironment } from "../function/creation-event";
import { FunctionProcess } from "../function/function-process";
import { packagedResponder, plainFourSteps, type FunctionSubject } from "../function/subjects";
import { round } from "../median";
import { takeTurns } from "../take-turns";
import { runEvents } from "./lambda-service";

const UNITS = {
  lost: "users",
  "given up": "events",
  "last contained": "s",
  calls: "sent",
  throttled: "of them",
  invocations: "started",
  memory: "MB",
  growth: "MB",
} as const;

/** Calls a second that the stub's IAM takes of each action. */
const CALLS_PER_SECOND = 15;

/**
 * `npm run bench -- storm`. Models an account whose function may run a hundred times at once: a hundred
 * processes, each an environment that runs one invocation at a time, and all creations waiting from the first
 * second. One round, since it takes minutes: what fails is repeated after one minute and two more, as Lambda
 * does.
 */
export const storm: Bench = {
  name: "storm",
  about:
    "1,000 creations at once through 100 environments, against an IAM that throttles at 15 calls a second per action",
  async run({ quick, folder, log }) {
    const size = quick ? { creations: 40, environments: 8 } : { creations: 1_000, environments: 100 };
    const functions = [await packagedResponder(folder), await plainFourSteps(folder)];
    const contestants = functions.map((subject) => ({
      name: subject.name,
      measure: () => measure(subject, size),
    }));
    const subjects = await takeTurns({ rounds: 1, log }, UNITS, contestants);
    return { subjects, targets: targets(subjects) };
  },
};

interface Size {
  readonly creations: number;
  readonly environments: number;
}

async function measure(
  { command }: FunctionSubject,
  { creations, environments }: Size,
): Promise<Record<keyof typeof UNITS, number>> {
  const stub = new AwsStub({ callsPerSecond: CALLS_PER_SECOND });
  const environment = functionEnvironment(await stub.listen());
  try {
    const events = Array.from({ length: creations }, (_, index) => creationEvent(`mallory-${index + 1}`));
    const begun = performance.now();
    const count = await runEvents(events, environments, () => new FunctionProcess(command, environment));
    return {
      lost: creations - stub.answers.containedUsers(),
      "given up": count.givenUp,
      "last contained": (stub.answers.lastContainmentAt - begun) / 1_000,
      calls: stub.arrivals.length,
      throttled: stub.arrivals.filter((arrival) => arrival.throttled).length,
      invocations: count.invocations,
      memory: count.peakMb,
      growth: count.growthMb,
    };
  } finally {
    await stub.close();
  }
}

function targets([ours]: readonly Subject[]): Target[] {
  const value = (name: keyof typeof UNITS) => ours?.metrics[name]?.value ?? NaN;
  const atMost = (goal: string, measured: number, limit: number): Target => {
    return { goal, measured, limit, met: measured <= limit };
  };
  const perAdmitted = value("calls") / (value("calls") - value("throttled"));
  return [
    atMost("no user lost", value("lost"), 0),
    atMost("no retry storm: calls sent for each that IAM takes", round(perAdmitted), 2),
    atMost("memory of an environment, in MB", value("memory"), 256),
  ];
}
