import { RequestError } from "./errors";

/**
 * `create-user`: a bare user. `create-admin-user`: with AdministratorAccess and an access key.
 * `create-console-user`: with a console password. `burst`: many bare users at once.
 */
export const KINDS = ["create-user", "create-admin-user", "create-console-user", "burst"] as const;
export type Kind = (typeof KINDS)[number];

export type SimulationRequest =
  | {
      readonly action: "simulate";
      readonly kind: Kind;
      /** 1 but for `burst`. */
      readonly count: number;
    }
  | {
      readonly action: "clean-up";
      /** Undefined for all runs. */
      readonly runId: string | undefined;
    };

const DEFAULT_BURST = 20;
const MAX_BURST = 500;
const RUN_ID = /^[a-z0-9]{1,32}$/;

/**
 * Reads what the function was invoked with.
 * @throws RequestError listing every mistake
 */
export function parseRequest(payload: unknown): SimulationRequest {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new RequestError([`expected a JSON object, got ${JSON.stringify(payload) ?? "nothing"}`]);
  }
  const request: Readonly<Record<string, unknown>> = { ...payload };
  const action = request["action"] ?? "simulate";
  if (action === "simulate") {
    return parseSimulate(request);
  }
  if (action === "clean-up") {
    return parseCleanUp(request);
  }
  throw new RequestError([`action: expected simulate or clean-up, got ${JSON.stringify(action)}`]);
}

function parseSimulate(request: Readonly<Record<string, unknown>>): SimulationRequest {
  const problems = unknownKeys(request, ["action", "kind", "count"]);
  const kind = KINDS.find((known) => known === request["kind"]);
  if (!kind) {
    problems.push(`kind: expected one of ${KINDS.join(", ")}, got ${shown(request["kind"])}`);
  }
  const count = request["count"] ?? (kind === "burst" ? DEFAULT_BURST : 1);
  if (!isCount(count)) {
    problems.push(`count: expected a whole number from 1 to ${MAX_BURST}, got ${shown(count)}`);
  } else if (count !== 1 && kind && kind !== "burst") {
    problems.push(`count: only burst takes one, ${kind} makes a single user`);
  }
  if (problems.length > 0 || !kind || !isCount(count)) {
    throw new RequestError(problems);
  }
  return { action: "simulate", kind, count };
}

function parseCleanUp(request: Readonly<Record<string, unknown>>): SimulationRequest {
  const problems = unknownKeys(request, ["action", "runId"]);
  const { runId } = request;
  if (runId !== undefined && !isRunId(runId)) {
    problems.push(`runId: expected the runId of a simulation's answer, got ${shown(runId)}`);
  }
  if (problems.length > 0) {
    throw new RequestError(problems);
  }
  return { action: "clean-up", runId: isRunId(runId) ? runId : undefined };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_BURST;
}

function isRunId(value: unknown): value is string {
  return typeof value === "string" && RUN_ID.test(value);
}

function unknownKeys(request: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(request)
    .filter((key) => !known.includes(key))
    .map((key) => `${key}: unknown, expected only ${known.join(", ")}`);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
}
