import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import {
  missingSteps,
  watchQuarantine,
  type QuarantineTimeline,
} from "../../../lab/client/quarantine-timeline";
import { cleanUp, simulateAttack } from "../../../lab/demo/simulate-attack";
import { NAMES } from "../../../stacks/names";
import { BUSY_MACHINE_MS, eventually } from "../../support/eventually";
import { policiesOf, tagsOf, waitForOutcome } from "./looks";
import {
  ACCOUNT,
  E2E_ORGANIZATION,
  OTHER_ACCOUNT,
  SECURITY_ACCOUNT,
  type Organization,
} from "./organization";

/**
 * From the user's creation to its quarantine in the lab, in milliseconds. It takes less than a second on an
 * idle machine; the limit is one that holds on two cores that other programs keep busy. How fast it is,
 * `npm run bench -- cold warm` measures.
 */
const QUARANTINED_WITHIN_MS = 10_000;

const run = promisify(execFile);

/** What `npm run demo` and the README promise, one by one. */
export function rolloutCases(organization: Organization): void {
  const client = () => organization.client;
  const watch = (accountId: string, userName: string) =>
    watchQuarantine(client(), { accountId, securityAccountId: SECURITY_ACCOUNT, userName }, BUSY_MACHINE_MS);

  describe.each([ACCOUNT, OTHER_ACCOUNT])("in account %s", (accountId) => {
    test("a user created by the AWS CLI is quarantined, alerted and visible in the security account", async () => {
      const userName = organization.newUserName("cli");
      const environment = { ...process.env, ...organization.lab.environment(accountId) };

      await run("aws", ["iam", "create-user", "--user-name", userName, "--path", "/team/"], {
        env: environment,
        timeout: BUSY_MACHINE_MS,
      });
      const timeline = await watch(accountId, userName);

      expect(missingSteps(timeline)).toEqual([]);
      expect(sinceCreation(timeline, "contained")).toBeLessThan(QUARANTINED_WITHIN_MS);
      const tags = await tagsOf(client().iam(accountId), userName);
      expect(tags).toMatchObject({
        SecurityStatus: "QUARANTINED",
        QuarantineCreatedBy: `arn:aws:iam::${accountId}:user/lab-administrator`,
        QuarantineSourceIp: "127.0.0.1",
        QuarantineMethod: "managed-policy",
      });
      expect(await policiesOf(client().iam(accountId), userName)).toContain(NAMES.quarantinePolicy);
    });

    test.each(["create-user", "create-admin-user", "create-console-user"])(
      "the simulation %s leads to every step of a quarantine",
      async (kind) => {
        const { failures } = await simulateAttack(client(), {
          accountId,
          securityAccountId: SECURITY_ACCOUNT,
          kind,
        });

        expect(failures).toEqual([]);
      },
    );
  });

  test("the alert says who, where, when and what to do", async () => {
    const userName = organization.newUserName("alert");

    await client()
      .iam(ACCOUNT)
      .send(new CreateUserCommand({ UserName: userName }));
    await watch(ACCOUNT, userName);

    const alert = (await client().inbox(ACCOUNT)).find(({ message }) => message.includes(userName));
    expect(alert?.subject?.length).toBeLessThan(100);
    expect(alert?.messageByProtocol?.["email"]).toContain(`user/${userName}`);
    for (const text of [
      "payments",
      ACCOUNT,
      "lab-administrator",
      "127.0.0.1",
      "detach-user-policy",
      "https://",
    ]) {
      expect(alert?.message).toContain(text);
    }
    expect(JSON.parse(alert?.messageByProtocol?.["sqs"] ?? "{}")).toMatchObject({
      userName,
      status: "QUARANTINED",
    });
  });

  test("the security account's mail says the same, and which account sent it", async () => {
    const userName = organization.newUserName("central-mail");

    await client()
      .iam(ACCOUNT)
      .send(new CreateUserCommand({ UserName: userName }));
    await watch(ACCOUNT, userName);

    const mails = async (accountId: string) =>
      (await client().inbox(accountId)).filter(({ message }) => message.includes(userName));
    const [own] = await mails(ACCOUNT);
    const [central, ...others] = await mails(SECURITY_ACCOUNT);
    expect(others).toEqual([]);
    expect(central?.subject).toBe(`[MEDIUM] ${ACCOUNT}: IAM user quarantined: ${userName} in payments`);
    expect(central?.publishedBy).toContain(NAMES.notifier);
    const text = central?.messageByProtocol?.["email"] ?? "";
    expect(text.split("\n")[0]).toBe(`Account ${ACCOUNT} reports what stands below the line.`);
    expect(text).toContain(own?.messageByProtocol?.["email"] ?? "no mail of the account");
  });

  test("a refused CreateUser leads to nothing", async () => {
    const userName = organization.newUserName("refused");
    const next = organization.newUserName("after-refused");
    const create = (UserName: string) => client().iam(ACCOUNT).send(new CreateUserCommand({ UserName }));
    const seen = async () => ({
      alerts: (await client().inbox(ACCOUNT)).filter(({ message }) => !message.includes(next)),
      forwarded: (await client().events(SECURITY_ACCOUNT)).filter(
        // Holds of the users of other tests end meanwhile.
        ({ bus, event }) =>
          bus.endsWith(`/${NAMES.bus}`) && !mentions(event, next) && !mentions(event, NAMES.hold),
      ),
    });
    await create(userName);
    await watch(ACCOUNT, userName);
    const before = await seen();

    await expect(create(userName)).rejects.toThrow(/already exists/);
    const refused = await eventually("the event of the refused call", async () => {
      const found = (await client().events(ACCOUNT)).filter(({ event }) => {
        const { eventName, errorCode } = event.detail as { eventName?: string; errorCode?: string };
        return eventName === "CreateUser" && errorCode !== undefined;
      });
      return found.length > 0 ? found : undefined;
    });
    // A creation after it is answered to the end: what the refused call had led to would be here by then.
    await create(next);
    expect(missingSteps(await watch(ACCOUNT, next))).toEqual([]);

    expect(refused).toMatchObject([{ matchedRules: [] }]);
    expect(await seen()).toEqual(before);
  });

  test("the audit log of the security account has the event and the outcome", async () => {
    const userName = organization.newUserName("audit");

    await client()
      .iam(OTHER_ACCOUNT)
      .send(new CreateUserCommand({ UserName: userName }));
    await waitForOutcome(client(), userName);
    const sources = await eventually("the event and the outcome in the audit log", async () => {
      const lines = await client().logLines(SECURITY_ACCOUNT, NAMES.auditLog, userName);
      const found = lines.map((line) => (JSON.parse(line) as { source: string }).source);
      return found.length >= 2 ? found : undefined;
    });

    expect(sources.sort()).toEqual(["aws.iam", "lambda"]);
  });

  test("clean-up removes every user that the simulations made, quarantined or not", async () => {
    // A hold that still looks puts back what the clean-up takes off.
    await eventually("the clean-up", async () => {
      const left = [...(await cleanUp(client(), ACCOUNT)), ...(await cleanUp(client(), OTHER_ACCOUNT))];
      return left.length === 0 ? true : undefined;
    });

    const audit = await client().invoke(ACCOUNT, NAMES.simulation, { action: "clean-up" });
    expect(audit).toMatchObject({ removed: [] });
  });

  const stacks = [E2E_ORGANIZATION.securityAccount, ...E2E_ORGANIZATION.memberAccounts].map(
    ({ name }) => name,
  );
  test.each(stacks)("a second plan of %s has no changes", async (stack) => {
    await expect(organization.deployment.hasChanges(stack)).resolves.toBe(false);
  });
}

function sinceCreation({ created, ...steps }: QuarantineTimeline, step: "contained" | "tagged"): number {
  return (steps[step] ?? Number.POSITIVE_INFINITY) - (created ?? Number.NEGATIVE_INFINITY);
}

function mentions(event: unknown, text: string): boolean {
  return JSON.stringify(event).includes(text);
}
