import { FunctionError } from "../shared/errors";

/** A part of a sweep could not be done. Lambda tries again, and leaves a dead letter when that fails too. */
export class SweepError extends FunctionError {
  override readonly name = "SweepError";
}
