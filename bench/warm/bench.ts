import { randomUUID } from "node:crypto";
import { AwsStub } from "../aws-stub/aws-stub";
import { depthOf, depths } from "../aws-stub/sequence";
import type { Bench, Subject, Target } from "../bench";
import { creationEvent, functionEnvironment } from "../function/creation-event";
import { FunctionProcess, type Invoked } from "../function/function-process";
import { functionSubjects, pythonVersions, type FunctionSubject } from "../function/subjects";
import { median } from "../median";
import { takeTurns } from "../take-turns";

const UNITS = {
  cpu: "ms",
  calls: "calls",
  "to containment": "in sequence",
  "to the end": "in sequence",
  "alert at 50 ms a call": "ms",
} as const;

/** As far as AWS is away, more or less. */
const USUAL_LATENCY = 50;
/**
 * Longer than the wait for the claim, so that the order of calls shows what depends on what; shorter than a
 * look counts as fresh.
 */
const LONG_LATENCY = 900;
const WARM_UP = 10;

/** `npm run bench -- warm`. */
export const warm: Bench = {
  name: "warm",
  about: "one invocation in a warm process: CPU time, calls, and how many of them one after the other",
  async run({ rounds, quick, folder, log }) {
    const functions = await functionSubjects(folder);
    const repetitions = quick ? 2 : 10;
    const contestants = functions.map((subject) => ({
      name: subject.name,
      measure: () => measure(subject, repetitions),
    }));
    const subjects = await takeTurns({ rounds, log }, UNITS, contestants);
    return { subjects, targets: targets(subjects), versions: pythonVersions() ?? {} };
  },
};

async function measure(
  { command }: FunctionSubject,
  repetitions: number,
): Promise<Record<keyof typeof UNITS, number>> {
  const stub = new AwsStub();
  const running = new FunctionProcess(command, functionEnvironment(await stub.listen()));
  try {
    for (let i = 0; i < WARM_UP; i += 1) {
      await invoke(running, stub, 0);
    }
    const cpu: number[] = [];
    for (let i = 0; i < repetitions; i += 1) {
      cpu.push((await invoke(running, stub, 0)).cpuMs);
    }
    const calls = stub.arrivals.length;
    const { wallMs } = await invoke(running, stub, USUAL_LATENCY);
    await invoke(running, stub, LONG_LATENCY);
    return {
      cpu: median(cpu),
      calls,
      "to containment": depthOf("AttachUserPolicy", stub.arrivals),
      "to the end": Math.max(...depths(stub.arrivals)),
      "alert at 50 ms a call": wallMs,
    };
  } finally {
    await running.end();
    await stub.close();
  }
}

/** One more user is created; the stub's record holds the calls of this invocation alone. */
async function invoke(running: FunctionProcess, stub: AwsStub, latencyMs: number): Promise<Invoked> {
  stub.latencyMs = latencyMs;
  stub.arrivals.length = 0;
  const invoked = await running.invoke(creationEvent(`mallory-${randomUUID().slice(0, 8)}`), randomUUID());
  if (invoked.error !== undefined) {
    throw new Error(`expected the function to answer, got ${invoked.error}`);
  }
  return invoked;
}

function targets([ours]: readonly Subject[]): Target[] {
  const atMost = (goal: string, name: keyof typeof UNITS, limit: number): Target => {
    const measured = ours?.metrics[name]?.value ?? NaN;
    return { goal, measured, limit, met: measured <= limit };
  };
  return [
    atMost("containment after one round trip", "to containment", 1),
    atMost("everything after four round trips", "to the end", 4),
  ];
}
