import type { IamDependencies } from "../shared/iam-errors";

/** Everything impure the simulation uses. */
export interface Dependencies extends IamDependencies {
  /** A password of the shape IAM's default policy asks for; it is used once and dropped. */
  readonly password: () => string;
}
