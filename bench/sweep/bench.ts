import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { SWEEP_ENV } from "../../functions/contract";
import type { Dependencies } from "../../functions/quarantine-sweep/dependencies";
import { readSettings } from "../../functions/quarantine-sweep/settings";
import { sweep } from "../../functions/quarantine-sweep/sweep";
import { createLog } from "../../functions/shared/log";
import { AccountStub, type StubbedUser } from "../aws-stub/account-stub";
import type { Bench, Subject, Target } from "../bench";
import { functionEnvironment } from "../function/creation-event";
import { takeTurns } from "../take-turns";

const UNITS = {
  lost: "users",
  "calls of IAM": "calls",
  "calls of CloudTrail": "calls",
  throttled: "of them",
  sweeps: "at most",
  "longest sweep": "s",
  memory: "MB",
} as const;

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 1);
/** Lambda ends the sweep then. */
const TIME_OUT_MS = 290_000;
/** What IAM takes for a page of users, and CloudTrail for a lookup. Inferred. */
const ANSWER_MS = { GetAccountAuthorizationDetails: 1_000, other: 100 } as const;

/**
 * `npm run bench -- sweep`. The sweep's own code, account after account, each on a clock of its own that
 * waiting and answers move.
 */
export const sweepBench: Bench = {
  name: "sweep",
  about:
    "accounts of 5,000 users each, with lost creations, against stubs that keep CloudTrail's two lookups a second",
  async run({ quick, log }) {
    const size = quick ? { accounts: 3, users: 500 } : { accounts: 500, users: 5_000 };
    const subjects = await takeTurns({ rounds: 1, log }, UNITS, [
      {
        name: `${size.accounts} accounts, 300 lost creations each`,
        measure: () => measure({ ...size, lost: 300 }),
      },
      {
        name: "one account, 3,000 lost creations",
        measure: () => measure({ accounts: 1, users: 5_000, lost: 3_000 }),
      },
      { name: `${size.accounts} accounts at rest`, measure: () => measure({ ...size, lost: 0 }) },
    ]);
    return { subjects, targets: targets(subjects) };
  },
};

interface Size {
  readonly accounts: number;
  readonly users: number;
  /** Creations of each account whose events were lost. */
  readonly lost: number;
}

async function measure({ accounts, users, lost }: Size): Promise<Record<keyof typeof UNITS, number>> {
  const total = {
    ...{ lost: 0, "calls of IAM": 0, "calls of CloudTrail": 0, throttled: 0 },
    ...{ sweeps: 0, "longest sweep": 0, memory: 0 },
  };
  for (let account = 0; account < accounts; account++) {
    const clock = new VirtualClock();
    const stub = new AccountStub(usersOf(users, lost), START - 86_400_000, () => clock.now);
    const { sweeps, longestMs } = await sweepUntilDone(stub, clock);
    const calls = (...actions: string[]) =>
      actions.reduce((sum, action) => sum + (stub.calls.get(action) ?? 0), 0);
    total.lost += lost - stub.answered.size;
    total["calls of IAM"] += calls("GetPolicy", "GetPolicyVersion", "GetAccountAuthorizationDetails");
    total["calls of CloudTrail"] += calls("LookupEvents");
    total.throttled += stub.throttled;
    total.sweeps = Math.max(total.sweeps, sweeps);
    total["longest sweep"] = Math.max(total["longest sweep"], longestMs / 1_000);
    total.memory = Math.max(total.memory, process.memoryUsage().rss / 1e6);
  }
  return total;
}

/** Users of half an hour ago are new; the others are older than the first deployment. */
function usersOf(users: number, lost: number): StubbedUser[] {
  return Array.from({ length: users }, (_, index) => ({
    userName: `user-${index}`,
    userId: `AIDA${String(index).padStart(16, "0")}`,
    createdAt: index < lost ? START - 30 * MINUTE_MS : START - 90 * 86_400_000,
  }));
}

/** Every quarter of an hour, until a sweep leaves nothing, as the rule does. */
async function sweepUntilDone(stub: AccountStub, clock: VirtualClock) {
  let longestMs = 0;
  for (let sweeps = 1; ; sweeps++) {
    const begun = clock.now;
    const report = await sweep(SETTINGS, dependencies(stub, clock), () => begun + TIME_OUT_MS - clock.now);
    longestMs = Math.max(longestMs, clock.now - begun);
    if (report.left === 0) {
      return { sweeps, longestMs };
    }
    clock.now = begun + SETTINGS.everyMinutes * MINUTE_MS;
  }
}

const REGION = { region: "us-east-1" };

class VirtualClock {
  now = START;
}

const SETTINGS = readSettings({
  ...functionEnvironment("http://127.0.0.1"),
  [SWEEP_ENV.everyMinutes]: "15",
  [SWEEP_ENV.unknownCreator]: "alert",
});

function dependencies(stub: AccountStub, clock: VirtualClock): Dependencies {
  const answer = (action: string, input: object): object => {
    clock.now += action === "GetAccountAuthorizationDetails" ? ANSWER_MS[action] : ANSWER_MS.other;
    return stub.answer({ action, input: input as Readonly<Record<string, unknown>> });
  };
  const stubbed = {
    send: (command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
      Promise.resolve().then(() => answer(command.constructor.name.replace(/Command$/, ""), command.input)),
  };
  return {
    // Paginators ask for the class of their client.
    iam: Object.assign(new IAMClient(REGION), stubbed),
    cloudTrail: Object.assign(new CloudTrailClient(REGION), stubbed),
    logs: Object.assign(new CloudWatchLogsClient(REGION), stubbed),
    pause: () => Promise.resolve(undefined),
    ask: (request) => Promise.resolve(answer("Invoke", request)).then(() => undefined),
    clock: () => clock.now,
    random: () => 0.5,
    sleep: (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
    log: createLog(() => undefined),
  };
}

function targets([many, one, rest]: readonly Subject[]): Target[] {
  const atMost = (goal: string, measured = NaN, limit: number): Target => {
    return { goal, measured, limit, met: measured <= limit };
  };
  return [
    atMost("no user lost", (many?.metrics["lost"]?.value ?? NaN) + (one?.metrics["lost"]?.value ?? NaN), 0),
    atMost("300 candidates in one sweep", many?.metrics["sweeps"]?.value, 1),
    atMost("within the function's time, in s", many?.metrics["longest sweep"]?.value, TIME_OUT_MS / 1_000),
    atMost("memory of the process, in MB", many?.metrics["memory"]?.value, 512),
    atMost("no lookup at rest", rest?.metrics["calls of CloudTrail"]?.value, 0),
  ];
}
