import { workerData } from "node:worker_threads";
import type { Rollout } from "../../stacks/config/rollout";
import type { FunctionPackages } from "../../stacks/function-package";
import { stackMaker } from "../../stacks/synthesis/synthesize";
import type { StackTarget } from "../stack-target";
import { readAccountBy, type AccountReading, type ReadAccount } from "./read-account";
import { localStates } from "./read-state";

export interface ReaderTask {
  readonly target: StackTarget;
  /** The same in every task: they are made while the thread starts. */
  readonly packages: FunctionPackages;
}

// Tinypool keeps the first place for itself.
const [, { rollout, directory }] = workerData as [
  unknown,
  { readonly rollout: Rollout; readonly directory: string },
];

let readAccount: ReadAccount | undefined;

export function readInThread({ target, packages }: ReaderTask): Promise<AccountReading> {
  readAccount ??= readAccountBy(localStates(directory), stackMaker(rollout, packages));
  return readAccount(target);
}
