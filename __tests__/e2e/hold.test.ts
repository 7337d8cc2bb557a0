import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteAccessKeyCommand,
  ListAccessKeysCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import {
  ADVERSARIES,
  BREAK_GLASS_ROLE,
  GROUPS,
  prepareActors,
  strip,
  type Adversary,
} from "../../bench/hold/adversaries";
import type { FightResult } from "../../bench/hold/fight";
import { handOf, type Hand, Victim } from "../../bench/hold/victim";
import { TAG_KEYS, TAG_STATUS, type Outcome } from "../../functions/contract";
import { AGES_MS } from "../../functions/security-response/containment/durations";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { waitFor } from "../../lab/shared/wait-for";
import { eventually } from "../support/eventually";
import { DENIED_WITHIN_MS, fightAs, SLOW_AWS, undoneIn } from "./cases/fights";
import { alertsIn, endOfHold } from "./cases/looks";
import { ACCOUNT } from "./cases/organization";

const PROJECT = path.join(__dirname, "../..");

/** Two stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;

const ORGANIZATION = {
  ...LAB_ORGANIZATION,
  memberAccounts: LAB_ORGANIZATION.memberAccounts.filter(({ id }) => id === ACCOUNT),
};

let lab: Lab;
let client: LabClient;
let deploymentRole: Hand;
/** Quarantined before the others, and released by the deployment role while they are fought about. */
let released: Victim;
const stopping = new AbortController();
const results = new Map<string, FightResult>();
/** What a call of each user is answered in the end, with a key that the deployment role made. */
const answers = new Map<Victim, string>();

beforeAll(async () => {
  // Each fight keeps an environment of the function busy.
  lab = await startLab({ ...ORGANIZATION, lambdaMaxConcurrency: 2 * ADVERSARIES.length });
  client = new LabClient(addressOf(lab));
  const { managementAccount } = ORGANIZATION;
  const deployment = new LabDeployment({
    folder: path.join(PROJECT, ".lab", "e2e-hold"),
    rolloutYaml: labRolloutYaml({
      ...ORGANIZATION,
      overrides: { payments: { attackSimulation: false } },
      guard: { breakGlassRoles: [BREAK_GLASS_ROLE] },
    }),
    environment: lab.environment(managementAccount.id),
    signal: stopping.signal,
  });
  await deployment.deployAtOnce();
  const session = await client.assumeRole(ACCOUNT, ACCESS_ROLE, { by: managementAccount.id });
  deploymentRole = handOf(client, ACCOUNT, session);
  const actors = await prepareActors(client, ACCOUNT);
  lab.settings.change(SLOW_AWS);

  released = await Victim.create(client, ACCOUNT, "hold-released");
  const run = async (adversary: Adversary) => {
    const result = await fightAs(adversary, { lab: client, accountId: ACCOUNT, actors });
    results.set(adversary.name, result);
  };
  const fights = async () => {
    for (const group of GROUPS) {
      await Promise.all(group.map(run));
    }
  };
  await Promise.all([releaseOnceHeld(released), fights()]);
  const victims = [...results.values()].map(({ victim }) => victim);
  const ask = async (victim: Victim, wanted: string) =>
    answers.set(victim, await answerWithGoodKey(victim, wanted));
  await Promise.all([ask(released, "allowed"), ...victims.map((victim) => ask(victim, "AccessDenied"))]);
}, DEPLOYMENT_MS);

afterAll(async () => {
  stopping.abort();
  await lab.stop();
});

function resultOf({ name }: Adversary): FightResult {
  const found = results.get(name);
  if (found === undefined) {
    throw new Error(`Nobody fought as ${name}.`);
  }
  return found;
}

/** Alerts about whoever was undone: about the user under any of its names, or about the policy of all. */
async function alertsOf(adversary: Adversary): Promise<Outcome[]> {
  const { victim } = resultOf(adversary);
  const about = adversary.freesEverybody ? [""] : victim.names;
  return (await alertsIn(client, ACCOUNT)).filter(({ userName }) => about.includes(userName));
}

/**
 * What a call of the user is answered once a key that the deployment role makes counts, and what was put
 * right a moment ago: the answer that is wanted, or the last one.
 */
async function answerWithGoodKey(victim: Victim, wanted: string): Promise<string> {
  const { name: UserName } = victim;
  const listed = await deploymentRole((iam) => iam.send(new ListAccessKeysCommand({ UserName })));
  for (const { AccessKeyId } of listed?.AccessKeyMetadata ?? []) {
    await deploymentRole((iam) => iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })));
  }
  await victim.newKey(deploymentRole);
  let answer = "";
  await waitFor(async () => {
    [answer = ""] = await victim.answers();
    if (answer === "InvalidClientTokenId") {
      // A hold that still looks sets it inactive.
      const [AccessKeyId] = victim.keyIds.slice(-1);
      const key = { UserName, AccessKeyId, Status: "Active" } as const;
      await deploymentRole((iam) => iam.send(new UpdateAccessKeyCommand(key)));
      await sleep(SLOW_AWS.propagationMs);
    }
    return answer === wanted || undefined;
  }, DENIED_WITHIN_MS);
  return answer;
}

/** What the release command does, by a role that may, and as soon as a release counts. */
async function releaseOnceHeld(victim: Victim): Promise<void> {
  await Promise.all([sleep(AGES_MS.fresh), endOfHold(lab, ACCOUNT, victim.name)]);
  const Tags = [
    { Key: TAG_KEYS.status, Value: TAG_STATUS.released },
    { Key: TAG_KEYS.releasedAt, Value: new Date().toISOString() },
  ];
  await deploymentRole((iam) => iam.send(new TagUserCommand({ UserName: victim.name, Tags })));
  await strip(deploymentRole, victim, ACCOUNT);
}

describe.each(ADVERSARIES)("$name", (adversary) => {
  test("the user is denied again within a look, and stays denied", () => {
    const { actedAfterEndMs, isFree } = resultOf(adversary);

    expect(isFree).toBe(false);
    expect(actedAfterEndMs).toBeLessThan(DENIED_WITHIN_MS);
  });

  test("somebody is alerted, with who did it", async () => {
    if (undoneIn(lab, ACCOUNT, resultOf(adversary)).length === 0) {
      // Its keys were inactive before its first call: nothing was undone.
      expect(adversary.actor).toBe("user");
      return;
    }
    // Whoever strips faster than the responder reads makes it fail at times, and whoever renames again before
    // the event has come leaves nobody of the name: both are alerted too.
    const told = ["RESTORED", "FAILED", "VANISHED"];
    const who = ACTORS[adversary.actor](resultOf(adversary).victim);

    const restored = await eventually(`an alert that names ${who}`, async () => {
      const alerts = (await alertsOf(adversary)).filter(({ status }) => told.includes(status));
      return alerts.some(({ actor = "" }) => who.test(actor)) ? alerts : undefined;
    });

    expect(restored.map(({ severity }) => severity)).toContain(
      adversary.name === "new credentials" ? "HIGH" : "CRITICAL",
    );
  });

  test("it is the deny that holds: a key that counts is refused", () => {
    expect(answers.get(resultOf(adversary).victim)).toBe("AccessDenied");
  });
});

test("the deployment role may undo a quarantine, and is left alone", async () => {
  expect(await released.isDenied()).toBe(false);
  expect(answers.get(released)).toBe("allowed");
});

/** What the alert says of who did it. */
const ACTORS: Readonly<Record<Adversary["actor"], (victim: Victim) => RegExp>> = {
  user: ({ names: [name] }) => new RegExp(`:user/${name}$`),
  creator: () => /:user\/lab-administrator$/,
  "forged session": () => new RegExp(`:assumed-role/Helper/${ACCESS_ROLE}$`),
  "lookalike role": () => /:assumed-role\/QuarantineBreakGlass\//,
};
