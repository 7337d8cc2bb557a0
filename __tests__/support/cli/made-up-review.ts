import { createHash } from "node:crypto";
import {
  ACCOUNT_STATUSES,
  type AccountStatus,
  type Difference,
  type LiveReading,
  type Review,
  type ReviewedAccount,
} from "../../../cli/review/review";
import { TAG_STATUS } from "../../../functions/contract";
import { reviewedAccount, reviewOf } from "./review";

const WAVES = ["canary", "early", "production"];
const TEAMS = "payments orders research identity billing catalog search shipping data media".split(" ");
const STAGES = "dev test staging prod sandbox".split(" ");
const VERSION = "0.3.0";
const FUNCTIONS = ["quarantine-drill", "quarantine-sweep", "security-response", "security-response-hold"];

/** Every so many accounts, one has that status. Of 60 accounts some are in it, of 1,000 all. */
const EVERY: Readonly<Partial<Record<AccountStatus, number>>> = {
  unreadable: 59,
  "not-deployed": 53,
  differs: 17,
  drifted: 23,
  unhealthy: 31,
  left: 61,
};

/** An account of which all is known, as configured, with what is given. */
export function knownAccount(facts: Partial<ReviewedAccount> = {}): ReviewedAccount {
  return reviewedAccount({
    trust: "Users that UserOnboarding of identity-prod creates, and users below /service/, are left alone.",
    deployed: deployedBy(VERSION),
    drift: [],
    live: live(),
    ...facts,
  });
}

/** A review in which everything was asked, worst first, with what is given. */
export function fullReview(accounts: readonly ReviewedAccount[], facts: Partial<Review> = {}): Review {
  const rank = ({ status }: ReviewedAccount) => ACCOUNT_STATUSES.indexOf(status);
  return reviewOf(
    [...accounts].sort((a, b) => rank(a) - rank(b)),
    {
      version: VERSION,
      backend: "s3",
      asked: { organization: true, drift: true, live: true },
      waves: WAVES,
      ...facts,
    },
  );
}

/**
 * A made-up organization, the same each time: mostly as it should be, with some accounts of each other
 * status. One account is uncovered.
 *
 * @param count Of all accounts, at least 10.
 */
export function madeUpReview(count: number): Review {
  const targets = Array.from({ length: count - 3 }, (_, index) => madeUpAccount(index, count - 3));
  return fullReview([
    knownAccount({
      id: "999900001111",
      name: "security",
      kind: "security",
      unit: "/Security",
      wave: null,
      mode: null,
      trust: "",
      live: null,
    }),
    ...targets,
    knownAccount({
      id: "999900002222",
      name: "management",
      kind: "management",
      unit: "/",
      wave: null,
      mode: null,
      trust: "",
      guard: "off",
      deployed: { ...deployedBy(VERSION), functions: [], resources: 9, mode: null },
      live: null,
    }),
    knownAccount({
      id: "999900003333",
      name: "acquired-webshop",
      kind: "uncovered",
      unit: "/Acquisitions",
      wave: null,
      mode: null,
      trust: "",
      guard: "not-covered",
      status: "uncovered",
      problems: ["It is active in AWS Organizations, and rollout.yaml does not list it."],
      deployed: null,
      drift: null,
      live: null,
    }),
  ]);
}

function madeUpAccount(index: number, count: number): ReviewedAccount {
  const stage = STAGES[index % STAGES.length] ?? "";
  const team = TEAMS[Math.floor(index / STAGES.length) % TEAMS.length] ?? "";
  const series = Math.floor(index / (STAGES.length * TEAMS.length));
  const wave = index < count * 0.08 ? "canary" : index < count * 0.35 ? "early" : "production";
  const status = ACCOUNT_STATUSES.find((candidate) => {
    const every = EVERY[candidate];
    return every !== undefined && index % every === 12 % every;
  });
  return knownAccount({
    id: String(200_000_000_000 + index * 1_000_003_019).slice(0, 12),
    name: `${team}-${stage}${series === 0 ? "" : `-${series + 1}`}`,
    unit: stage === "prod" ? "/Workloads/Prod" : stage === "sandbox" ? "/Sandbox" : "/Workloads/NonProd",
    wave,
    mode: stage === "sandbox" ? "observe" : "enforce",
    guard: index % 37 === 30 ? "not-covered" : "attached",
    ...(stage === "sandbox" && { deployed: { ...deployedBy(VERSION), mode: "observe" } }),
    live: live(index),
    ...wrongness(status ?? "as-configured", index),
  });
}

function wrongness(status: AccountStatus, index: number): Partial<ReviewedAccount> {
  switch (status) {
    case "unreadable":
      return {
        status,
        problems: [
          "Its state could not be read: AccessDenied, not authorized to perform s3:GetObject on the state bucket.",
        ],
        guard: "unknown",
        deployed: null,
        drift: null,
        live: { users: [], lastDrill: null, problems: ["The role could not be assumed: AccessDenied."] },
      };
    case "not-deployed":
      return {
        status,
        problems: ["It has no state: it was never rolled out."],
        guard: "not-attached",
        deployed: null,
        drift: null,
        live: live(),
      };
    case "differs":
      return index % 2 === 0
        ? {
            status,
            problems: [
              "It runs version 0.2.0 with old code of 4 functions; this checkout is 0.3.0.",
              "2 attributes differ.",
            ],
            deployed: deployedBy("0.2.0"),
            differences: OLD_CODE,
          }
        : {
            status,
            problems: ["It runs in mode observe; rollout.yaml says enforce."],
            mode: "enforce",
            deployed: { ...deployedBy(VERSION), mode: "observe" },
            differences: OTHER_MODE,
          };
    case "drifted":
      return { status, problems: ["AWS differs from its state in 2 attributes."], drift: DRIFT };
    case "unhealthy":
      return {
        status,
        problems: ["1 quarantined user has a gap.", "Its last drill failed."],
        live: {
          users: [
            {
              userName: "build-agent",
              status: TAG_STATUS.quarantined,
              since: "2026-11-29T22:14:07Z",
              gap: ["access key AKIAIOSFODNN7EXAMPLE is active"],
            },
          ],
          lastDrill: {
            at: "2026-11-30T02:11:40Z",
            isPassed: false,
            containedSeconds: null,
            deniedSeconds: null,
          },
          problems: [],
        },
      };
    case "left":
      return { status, problems: ["AWS Organizations does not have it as an active account any more."] };
    case "uncovered":
    case "excluded":
    case "as-configured":
      return {};
  }
}

const OLD_CODE: Difference[] = [
  {
    address: "aws_lambda_function.responder",
    attribute: "environment.0.variables.QUARANTINE_VERSION",
    expected: "0.3.0",
    found: "0.2.0",
  },
  {
    address: "aws_cloudwatch_event_rule.refusals",
    attribute: "",
    expected: "security-response-refusals",
    found: "absent",
  },
];

const OTHER_MODE: Difference[] = [
  {
    address: "aws_lambda_function.responder",
    attribute: "environment.0.variables.QUARANTINE_MODE",
    expected: "enforce",
    found: "observe",
  },
];

const DRIFT: Difference[] = [
  {
    address: "aws_cloudwatch_event_rule.create-user",
    attribute: "state",
    expected: "ENABLED",
    found: "DISABLED",
  },
  {
    address: "aws_sns_topic_subscription.mail-1",
    attribute: "",
    expected: "payments-oncall@example.com",
    found: "absent",
  },
];

function deployedBy(version: string): NonNullable<ReviewedAccount["deployed"]> {
  return {
    version,
    mode: "enforce",
    functions: FUNCTIONS.map((name) => ({
      name,
      sha256: createHash("sha256").update(`${name} ${version}`).digest("base64"),
      isCurrent: version === VERSION,
    })),
    resources: 62,
    serial: 14,
    appliedAt: version === VERSION ? "2026-11-26T14:02:31Z" : "2026-08-03T08:45:10Z",
  };
}

function live(index = 1): LiveReading {
  const isReleased = index % 14 === 5;
  return {
    users:
      index % 7 === 5
        ? [
            {
              userName: `contractor-${index}`,
              status: isReleased ? TAG_STATUS.released : TAG_STATUS.quarantined,
              since: "2026-11-27T03:20:55Z",
              gap: [],
            },
          ]
        : [],
    lastDrill: {
      at: "2026-11-30T02:10:00Z",
      isPassed: true,
      containedSeconds: 2.4 + (index % 11) * 0.3,
      deniedSeconds: 5.1 + (index % 13) * 0.4,
    },
    problems: [],
  };
}
