import { readFileSync } from "node:fs";
import { isSystemError, withPath } from "../../../functions/shared/system-error";

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("an error of the system is told from one of this program", () => {
  expect(isSystemError(errorOf(() => readFileSync("/no/such/file")))).toBe(true);
  expect(isSystemError(new TypeError("undefined is not a function"))).toBe(false);
  expect(isSystemError("ENOENT")).toBe(false);
});

test("an error without a path gets one, and keeps the one it has", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });

  expect(withPath(full, "/state/report")).toBe(full);
  expect(full.message).toBe("ENOSPC: no space left on device, write '/state/report'");
  expect(withPath(full, "/elsewhere")).toHaveProperty("message", full.message);
});

test("any other error stays as it is", () => {
  const error = new Error("a bug");

  expect(withPath(error, "/state/report")).toBe(error);
  expect(error.message).toBe("a bug");
});
