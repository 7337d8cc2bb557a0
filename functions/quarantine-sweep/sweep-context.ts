import type { SweepRequest } from "../security-response/sweep-request";
import { errorText } from "../shared/aws-error";
import type { Deadline } from "../shared/deadline";
import type { Dependencies } from "./dependencies";
import { RecordFinder } from "./find-record";
import type { SweepSettings } from "./settings";

/** With less time than this, in milliseconds, no further work is started. */
export const ENOUGH_MS = 5_000;

/** What the steps of one sweep share. */
export class SweepContext {
  /** What failed, for people. */
  readonly failures: string[] = [];
  /** One for all steps, since they share CloudTrail's rate. */
  readonly finder: RecordFinder;

  constructor(
    readonly settings: SweepSettings,
    readonly dependencies: Dependencies,
    readonly deadline: Deadline,
  ) {
    this.finder = new RecordFinder(dependencies.cloudTrail, dependencies, deadline);
  }

  /** @returns whether the responder was asked */
  async ask(request: SweepRequest): Promise<boolean> {
    try {
      await this.dependencies.ask(request);
      return true;
    } catch (error) {
      this.failures.push(`invoke the responder: ${errorText(error)}`);
      return false;
    }
  }
}
