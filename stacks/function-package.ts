/**
 * A function's code as a stack needs it: a zip, and its hash. Tests pass a fixture, so no snapshot holds a
 * build.
 */
export interface FunctionPackage {
  /** Path of the zip. */
  readonly path: string;
  /** Base64 SHA-256 of the zip, which is what Lambda reports as CodeSha256. */
  readonly sha256: string;
}

/** The functions of the rollout. */
export interface FunctionPackages {
  readonly responder: FunctionPackage;
  readonly simulation: FunctionPackage;
  readonly notifier: FunctionPackage;
  readonly sweep: FunctionPackage;
  readonly drill: FunctionPackage;
  /** Version of this project, from its package.json. */
  readonly version: string;
}
