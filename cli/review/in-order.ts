import type { AccountStatus } from "./review";

/** Whether an account stands as somebody has configured it: what is excluded is left out on purpose. */
export function isInOrder(status: AccountStatus): boolean {
  return status === "as-configured" || status === "excluded";
}
