/** An error of the operating system, such as a full disk: its message says what failed and, mostly, where. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === "object" && error !== null && "syscall" in error && "code" in error;
}

/**
 * Names the file in an error of the system that does not: a write to an open file does not know its path.
 *
 * @returns The same error.
 */
export function withPath(error: unknown, file: string): unknown {
  if (isSystemError(error) && error.path === undefined) {
    error.path = file;
    error.message += ` '${file}'`;
  }
  return error;
}
