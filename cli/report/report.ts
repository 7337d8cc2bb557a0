import { hostname } from "node:os";
import { z } from "zod";
import { MODES, type Mode } from "../../functions/contract";
import { effectSchema } from "../effects/effect";
import { EXIT, type ExitCode } from "../exit-codes";
import { parseJson } from "../parse-json";
import type { StackOutcome, StackProgress } from "../rollout/progress";
import { SYSTEM_CLOCK } from "../rollout/stack-rollout";

const OUTCOMES = [
  "unchanged",
  "changed",
  "applied",
  "failed",
  "declined",
  "not-started",
] as const satisfies readonly StackOutcome[];

const stackReport = z.object({
  name: z.string(),
  accountId: z.string(),
  /** Null for the security account and the guard. */
  wave: z.string().nullable(),
  guard: z.literal(true).optional(),
  /** Mode in `rollout.yaml`, of a target account. */
  mode: z.enum(MODES).optional(),
  /** `pending` and `working` only during the run, or after it was killed. */
  outcome: z.enum([...OUTCOMES, "pending", "working"]),
  changes: z.object({ add: z.number(), change: z.number(), remove: z.number() }).optional(),
  /** The resources that were planned and, after an apply, applied. */
  resources: z.array(z.object({ address: z.string(), action: z.string() })).optional(),
  /** The effects on the protection of the account. */
  effects: z.array(effectSchema).optional(),
  /** Mail addresses of the account that have to confirm after the apply. */
  unconfirmed: z.array(z.string()).optional(),
  cause: z.string().optional(),
  advice: z.string().optional(),
  retries: z.number(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** SHA-256 of the synthesized stack, in hex: shows whether it has changed when the rollout is resumed. */
  stackSha256: z.string(),
});

const reportSchema = z.object({
  schemaVersion: z.literal(1),
  command: z.string(),
  /** `running` in the file of a run that no longer exists: it was killed. */
  status: z.enum(["running", "done", "failed", "interrupted"]),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  host: z.string(),
  pid: z.int().positive(),
  terraformVersion: z.string(),
  /** Accounts that were skipped because an earlier run had finished them (`--resume`). */
  resumed: z.array(z.object({ name: z.string(), stackSha256: z.string() })),
  stacks: z.array(stackReport),
});

/** `rollout-report.json`: what a run did in every selected account. */
export type Report = z.infer<typeof reportSchema>;
export type StackReport = z.infer<typeof stackReport>;

/** Reads a report; undefined for anything else. */
export function parseReport(text: string): Report | undefined {
  return parseJson(reportSchema, text);
}

/** What a report says about the run as a whole. */
export interface RunFacts {
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly terraformVersion: string;
  readonly resumed: readonly string[];
  /** SHA-256 of a synthesized stack, by the name of the stack. */
  readonly sha256Of: (name: string) => string;
  /** Mode of an account as configured; undefined for what is no target account. */
  readonly modeOf: (accountId: string) => Mode | undefined;
}

/** The report of what is done so far. */
export function makeReport(
  facts: RunFacts,
  stacks: readonly StackProgress[],
  status: Report["status"],
): Report {
  return {
    schemaVersion: 1,
    command: facts.command,
    status,
    startedAt: new Date(facts.startedAt).toISOString(),
    ...(status !== "running" && { endedAt: new Date(SYSTEM_CLOCK.now()).toISOString() }),
    host: hostname(),
    pid: process.pid,
    terraformVersion: facts.terraformVersion,
    resumed: facts.resumed.map((name) => ({ name, stackSha256: facts.sha256Of(name) })),
    stacks: stacks.map((stack) => reportStack(stack, facts)),
  };
}

/** The entry of one stack. */
function reportStack(stack: StackProgress, { sha256Of, modeOf }: RunFacts): StackReport {
  const { target, state, startedAt, endedAt, retries } = stack;
  const mode = modeOf(target.accountId);
  const result = state.kind === "ended" ? state.result : undefined;
  const running = state.kind === "pending" ? "pending" : "working";
  return {
    name: target.name,
    accountId: target.accountId,
    wave: target.wave ?? null,
    ...(target.guard && { guard: true }),
    ...(mode !== undefined && { mode }),
    outcome: result?.outcome ?? running,
    ...(result?.counts && { changes: result.counts }),
    ...(result?.changes && { resources: [...result.changes] }),
    ...(result?.effects && { effects: [...result.effects] }),
    ...(result?.unconfirmed && { unconfirmed: [...result.unconfirmed] }),
    ...(result?.cause !== undefined && { cause: result.cause }),
    ...(result?.advice !== undefined && { advice: result.advice }),
    retries,
    ...(startedAt !== undefined && { startedAt: new Date(startedAt).toISOString() }),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    stackSha256: sha256Of(target.name),
  };
}

/** Accounts that an earlier run, or one that it resumed, finished and whose stack has not changed since. */
export function finishedIn(report: Report, sha256Of: (name: string) => string | undefined): string[] {
  const finished = report.stacks.filter(({ outcome }) => outcome === "applied" || outcome === "unchanged");
  return [...report.resumed, ...finished]
    .filter(({ name, stackSha256 }) => sha256Of(name) === stackSha256)
    .map(({ name }) => name);
}

/** Exit code of a command that runs Terraform in many stacks. */
export function exitCodeFor({ status }: Report): ExitCode {
  if (status === "interrupted") {
    return EXIT.interrupted;
  }
  return status === "done" ? EXIT.done : EXIT.failed;
}
