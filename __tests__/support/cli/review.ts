import type { Review, ReviewedAccount } from "../../../cli/review/review";

/** A target account that is as configured, with what is given. */
export function reviewedAccount(facts: Partial<ReviewedAccount> = {}): ReviewedAccount {
  return {
    id: "111122223333",
    name: "payments-prod",
    kind: "target",
    unit: "/Workloads/Prod",
    wave: "production",
    mode: "enforce",
    trust: "Trusts nobody.",
    guard: "attached",
    status: "as-configured",
    problems: [],
    deployed: null,
    differences: [],
    drift: null,
    live: null,
    ...facts,
  };
}

/** A review of such accounts, with what is given. */
export function reviewOf(accounts: readonly ReviewedAccount[], facts: Partial<Review> = {}): Review {
  return {
    format: 1,
    reviewedAt: "2026-11-30T09:30:00.000Z",
    version: "0.3.0",
    organizationId: "o-a1b2c3d4e5",
    backend: "local",
    asked: { organization: true, drift: false, live: false },
    waves: ["canary", "production"],
    accounts: [...accounts],
    ...facts,
  };
}
