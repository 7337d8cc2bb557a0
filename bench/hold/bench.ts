import path from "node:path";
import { addressOf, LabClient, type LabAddress } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION, type LabAccount } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { waitFor } from "../../lab/shared/wait-for";
import { NAMES } from "../../stacks/names";
import type { Bench, BenchOptions, BenchResult, Subject, Target } from "../bench";
import { metric } from "../median";
import { ADVERSARIES, BREAK_GLASS_ROLE, GROUPS, prepareActors, type Adversary } from "./adversaries";
import { fight, type FightResult } from "./fight";
import { deployFourSteps } from "./four-steps";
import { Victim } from "./victim";

/** As IAM takes it (OffensAI), and within CloudTrail's times; in milliseconds. */
const PROPAGATION_MS = 4_000;
const EVENT_DELAY_MS = 3_000;

/** Longest watch after an adversary's end: a user who can still act then is free. */
const WATCH_MS = 20_000;

/** Longest time in which what the fights before have led to is answered, in milliseconds. */
const ANSWERED_MS = 600_000;

/** Time between two looks at whether a user can act, in milliseconds. */
const PROBE_MS = 200;

/** One way to keep a quarantine, in an account of its own. */
interface Contestant {
  readonly name: string;
  readonly account: LabAccount;
  /** Wave of the account in the rollout. @default - the rollout does not cover it */
  readonly wave?: string;
}

const OURS = "ours";
const GUARDED = "ours with the guard";
/** The guard covers the accounts of this wave. */
const GUARDED_WAVE = "guarded";
const WAVES = ["bare", GUARDED_WAVE] as const;
const CONTESTANTS: readonly Contestant[] = [
  { name: OURS, account: { id: "444455556666", name: "payments" }, wave: "bare" },
  { name: GUARDED, account: { id: "222233334444", name: "ledger" }, wave: GUARDED_WAVE },
  { name: "four steps", account: { id: "777788889999", name: "research" } },
];

/** Who acts as the user: without the guard, it should not win much. */
const AS_THE_USER = ADVERSARIES.filter(({ actor }) => actor === "user");

/** `npm run bench -- hold`: adversaries who undo quarantines, against each way to keep them. */
export const hold: Bench = {
  name: "hold",
  about: "seconds in which a quarantined user could act while somebody undid its quarantine for a minute",
  onRequest: "it takes twenty minutes",
  run,
};

async function run({ quick, folder, log }: BenchOptions): Promise<BenchResult> {
  const memberAccounts = CONTESTANTS.map(({ account }) => account);
  const covered = CONTESTANTS.filter(({ wave }) => wave !== undefined);
  const organization = { ...LAB_ORGANIZATION, memberAccounts };
  const lab = await startLab({ ...organization, lambdaMaxConcurrency: 3 * ADVERSARIES.length });
  try {
    log("deploying");
    const deployment = new LabDeployment({
      folder: path.join(folder, "rollout"),
      rolloutYaml: labRolloutYaml({
        ...organization,
        waves: WAVES,
        memberAccounts: covered.map(({ account }) => account),
        overrides: Object.fromEntries(
          covered.map(({ account, wave }) => [account.name, { wave, attackSimulation: false }]),
        ),
        guard: { enabled: true, breakGlassRoles: [BREAK_GLASS_ROLE], waves: [GUARDED_WAVE] },
      }),
      environment: lab.environment(LAB_ORGANIZATION.managementAccount.id),
    });
    await deployment.deploy(() => undefined);
    const address = addressOf(lab);
    for (const { account } of CONTESTANTS.filter(({ wave }) => wave === undefined)) {
      await deployFourSteps(new LabClient(address), address, account.id);
    }
    const subjects: Subject[] = [];
    for (const contestant of CONTESTANTS) {
      log(contestant.name);
      subjects.push(await measure(contestant, lab, address, quick ? 10_000 : 60_000, log));
    }
    return { subjects, targets: targets(subjects) };
  } finally {
    await lab.stop();
  }
}

/** Each adversary fights about a user of its own. */
async function measure(
  { name, account }: Contestant,
  lab: Lab,
  address: LabAddress,
  lastsMs: number,
  log: BenchOptions["log"],
): Promise<Subject> {
  const client = new LabClient(address);
  lab.settings.change({ propagationMs: 0, eventDelayMs: 0 });
  const actors = await prepareActors(client, account.id);
  lab.settings.change({ propagationMs: PROPAGATION_MS, eventDelayMs: EVENT_DELAY_MS });
  const results = new Map<Adversary, FightResult>();
  const start = async (adversary: Adversary): Promise<void> => {
    const result = await fight(adversary, {
      ...{ lab: client, accountId: account.id, userName: `hold-${ADVERSARIES.indexOf(adversary)}`, actors },
      ...{ lastsMs, propagationMs: PROPAGATION_MS, eventDelayMs: EVENT_DELAY_MS },
      ...{ watchMs: WATCH_MS, probeMs: PROBE_MS },
    });
    results.set(adversary, result);
    const end = result.isFree ? "free" : "denied";
    log(`${name}, ${adversary.name}: could act for ${result.couldActMs / 1_000} s, ${end} at the end`);
  };
  for (const [index, group] of GROUPS.entries()) {
    await answered(client, account.id, `hold-between-${index}`);
    await Promise.all(group.map(start));
  }
  const all = [...results];
  const unnoticed = all.filter(
    ([adversary, { victim }]) => !isNoticed(lab, account.id, adversary, victim.names),
  );
  const seconds = ADVERSARIES.map((adversary) => {
    const ms = results.get(adversary)?.couldActMs ?? NaN;
    return [adversary.name, metric("s", [ms / 1_000])] as const;
  });
  return {
    name,
    metrics: {
      ...Object.fromEntries(seconds),
      "free at the end": metric("users", [all.filter(([, { isFree }]) => isFree).length]),
      unnoticed: metric("users", [unnoticed.length]),
    },
  };
}

/**
 * Waits until a new user is denied: by then the events of the fights before are answered, which Lambda does
 * side by side, and two cores one after the other.
 */
async function answered(client: LabClient, accountId: string, userName: string): Promise<void> {
  const user = await Victim.create(client, accountId, userName);
  if ((await waitFor(async () => (await user.isDenied()) || undefined, ANSWERED_MS)) === undefined) {
    throw new Error(`${userName} was not denied within ${ANSWERED_MS} ms`);
  }
}

/** Whether people heard of it, beside that the user was quarantined once. */
function isNoticed(
  lab: Lab,
  accountId: string,
  { freesEverybody }: Adversary,
  names: readonly string[],
): boolean {
  const messages = lab.inbox(accountId).filter(({ topicArn }) => topicArn.endsWith(`:${NAMES.topic}`));
  const about = messages.filter(({ message, messageByProtocol }) => {
    const text = `${message} ${messageByProtocol?.["sqs"] ?? ""}`;
    return names.some((name) => new RegExp(`\\b${name}\\b`).test(text));
  });
  const aboutPolicy = messages.some(({ message }) => /policy/.test(message) && /RESTORED/.test(message));
  // SNS may take the same alert twice.
  return new Set(about.map(({ message }) => message)).size > 1 || (freesEverybody === true && aboutPolicy);
}

function targets(subjects: readonly Subject[]): Target[] {
  const value = (subject: string, name: string) =>
    subjects.find((one) => one.name === subject)?.metrics[name]?.value ?? NaN;
  const atMost = (goal: string, measured: number, limit: number): Target => {
    return { goal, measured, limit, met: measured <= limit };
  };
  return [
    ...ADVERSARIES.map(({ name }) => atMost(`${name}, with the guard, in seconds`, value(GUARDED, name), 0)),
    ...AS_THE_USER.map(({ name }) => atMost(`${name}, without the guard, in seconds`, value(OURS, name), 10)),
    atMost("without the guard, quarantines undone that nobody is alerted of", value(OURS, "unnoticed"), 0),
  ];
}
