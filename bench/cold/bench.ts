import { randomUUID } from "node:crypto";
import { AwsStub } from "../aws-stub/aws-stub";
import type { Bench, Subject, Target } from "../bench";
import { creationEvent, functionEnvironment } from "../function/creation-event";
import { FunctionProcess } from "../function/function-process";
import {
  FLOOR,
  functionSubjects,
  pythonFourSteps,
  pythonVersions,
  type FunctionSubject,
} from "../function/subjects";
import { takeTurns } from "../take-turns";

const UNITS = { containment: "ms", alert: "ms", cpu: "ms" } as const;

/** `npm run bench -- cold`. */
export const cold: Bench = {
  name: "cold",
  about:
    "from the start of a fresh process to AttachUserPolicy and to Publish arriving at a local stub, over plain HTTP",
  async run({ rounds, folder, log }) {
    const functions = await functionSubjects(folder);
    const contestants = functions.map((subject) => ({ name: subject.name, measure: () => measure(subject) }));
    await takeTurns({ rounds: 1, log }, UNITS, contestants); // the first of each reads its files from the disk
    const subjects = await takeTurns({ rounds, log }, UNITS, contestants);
    return { subjects, targets: targets(subjects), versions: pythonVersions() ?? {} };
  },
};

async function measure({ command }: FunctionSubject): Promise<Record<keyof typeof UNITS, number>> {
  const stub = new AwsStub();
  const started = new FunctionProcess(command, functionEnvironment(await stub.listen()));
  try {
    const { error, cpuMs } = await started.invoke(creationEvent("mallory"), randomUUID());
    if (error !== undefined) {
      throw new Error(`expected the function to answer, got ${error}`);
    }
    const since = (action: string) => stub.firstArrival(action) - started.startedAt;
    return { containment: since("AttachUserPolicy"), alert: since("Publish"), cpu: cpuMs };
  } finally {
    await started.end();
    await stub.close();
  }
}

function targets(subjects: readonly Subject[]): Target[] {
  const python = pythonFourSteps()?.name;
  const containment = (name: string) =>
    subjects.find((subject) => subject.name === name)?.metrics["containment"]?.value ?? NaN;
  const ours = subjects[0]?.metrics["containment"]?.value ?? NaN;
  const against = (goal: string, name: string, limit: number): Target => {
    const measured = Number((ours / containment(name)).toPrecision(3));
    return { goal, measured, limit, met: measured <= limit };
  };
  return [
    ...(python ? [against("containment in at most 0.33 of boto3's time", python, 0.33)] : []),
    against("containment in at most 1.6 times the floor's time", FLOOR, 1.6),
  ];
}
