import type { IamDependencies } from "../shared/iam-errors";
import type { Log } from "../shared/log";

/** An access key as IAM shows it once, when it is created. It is used, and kept nowhere. */
export interface UserKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Everything impure the drill uses. */
export interface Dependencies extends IamDependencies {
  /** Calls IAM with a key, for something that every user may try. @throws what IAM answers */
  readonly callWith: (key: UserKey) => Promise<unknown>;
  /** Some letters and digits that nobody can guess. */
  readonly nonce: () => string;
  readonly log: Log;
}
