import { workerData } from "node:worker_threads";
import type { Rollout } from "../../stacks/config/rollout";
import type { FunctionPackages } from "../../stacks/function-package";
import { stackMaker } from "../../stacks/synthesis/synthesize";
import type { StackTarget } from "../stack-target";
import { openStates } from "./open-states";
import { readAccountBy, type AccountReading, type ReadAccount } from "./read-account";

/** What a thread starts with. */
export interface ReaderThreadData {
  readonly rollout: Rollout;
  readonly env: NodeJS.ProcessEnv;
}

export interface ReaderTask {
  readonly target: StackTarget;
  /** The same in every task: they are made while the thread starts. */
  readonly packages: FunctionPackages;
}

// Tinypool keeps the first place for itself.
const [, { rollout, env }] = workerData as [unknown, ReaderThreadData];

let opened: Promise<ReadAccount> | undefined;

export async function readInThread({ target, packages }: ReaderTask): Promise<AccountReading> {
  const readAccount = await (opened ??= open(packages));
  return readAccount(target);
}

async function open(packages: FunctionPackages): Promise<ReadAccount> {
  return readAccountBy(await openStates(rollout.backend, env), stackMaker(rollout, packages));
}
