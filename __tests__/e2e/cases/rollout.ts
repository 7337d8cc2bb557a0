import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CreateUserCommand, ListAttachedUserPoliciesCommand, ListUserTagsCommand } from "@aws-sdk/client-iam";
import { cleanUp, simulateAttack } from "../../../lab/demo/simulate-attack";
import { missingSteps, watchQuarantine, type QuarantineTimeline } from "../../../lab/quarantine-timeline";
import { NAMES } from "../../../stacks/names";
import { newUserName, runningIn, type Organization } from "./organization";

/** From the user's creation to its quarantine in the lab, in milliseconds. */
const QUARANTINED_WITHIN_MS = 3_000;

/** What the security account needs longer to show than the quarantine itself. */
const COMPLETE_WITHIN_MS = 15_000;

const run = promisify(execFile);

/** The claims of `npm run demo`, and of the README, one by one. */
export function rolloutCases(organization: Organization): void {
  const { account, otherAccount, security } = organization;
  const client = () => runningIn(organization).client;
  const watch = (accountId: string, userName: string) =>
    watchQuarantine(client(), { accountId, securityAccountId: security, userName }, COMPLETE_WITHIN_MS);

  describe.each([account, otherAccount])("in account %s", (accountId) => {
    test("a user created by the AWS CLI is quarantined, alerted and visible in the security account", async () => {
      const userName = newUserName("cli");
      const environment = { ...process.env, ...runningIn(organization).lab.environment(accountId) };

      await run("aws", ["iam", "create-user", "--user-name", userName, "--path", "/team/"], {
        env: environment,
      });
      const timeline = await watch(accountId, userName);

      expect(missingSteps(timeline)).toEqual([]);
      expect(sinceCreation(timeline, "contained")).toBeLessThan(QUARANTINED_WITHIN_MS);
      const tags = await tagsOf(accountId, userName);
      expect(tags).toMatchObject({
        SecurityStatus: "QUARANTINED",
        QuarantineCreatedBy: `arn:aws:iam::${accountId}:user/lab-administrator`,
        QuarantineSourceIp: "127.0.0.1",
        QuarantineMethod: "managed-policy",
      });
      expect(await policiesOf(accountId, userName)).toContain(NAMES.quarantinePolicy);
    });

    test.each(["create-user", "create-admin-user", "create-console-user"])(
      "the simulation %s is answered completely",
      async (kind) => {
        const { failures } = await simulateAttack(client(), { accountId, securityAccountId: security, kind });

        expect(failures).toEqual([]);
      },
    );
  });

  test("the alert says who, where, when and what to do", async () => {
    const userName = newUserName("alert");

    await client()
      .iam(account)
      .send(new CreateUserCommand({ UserName: userName }));
    await watch(account, userName);

    const alert = (await client().inbox(account)).find(({ message }) => message.includes(userName));
    expect(alert?.subject?.length).toBeLessThan(100);
    expect(alert?.messageByProtocol?.["email"]).toContain(`user/${userName}`);
    for (const text of [
      "payments",
      account,
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

  test("a refused CreateUser leads to nothing", async () => {
    const userName = newUserName("refused");
    const create = () =>
      client()
        .iam(account)
        .send(new CreateUserCommand({ UserName: userName }));
    await create();
    await watch(account, userName);
    const alerts = (await client().inbox(account)).length;
    const forwarded = (await client().events(security)).length;

    await expect(create()).rejects.toThrow(/already exists/);
    await sleep(QUARANTINED_WITHIN_MS);

    expect(await client().inbox(account)).toHaveLength(alerts);
    expect(await client().events(security)).toHaveLength(forwarded);
    const refused = (await client().events(account)).filter(({ event }) => {
      const { eventName, errorCode } = event.detail as { eventName?: string; errorCode?: string };
      return eventName === "CreateUser" && errorCode !== undefined;
    });
    expect(refused).toMatchObject([{ matchedRules: [] }]);
  });

  test("the audit log of the security account has the event and the outcome", async () => {
    const userName = newUserName("audit");

    await client()
      .iam(otherAccount)
      .send(new CreateUserCommand({ UserName: userName }));
    await watch(otherAccount, userName);

    const lines = await client().logLines(security, NAMES.auditLog, userName);
    const sources = lines.map((line) => (JSON.parse(line) as { source: string }).source);
    expect(sources.sort()).toEqual(["aws.iam", "lambda"]);
  });

  test("clean-up removes every user that the simulations made, quarantined or not", async () => {
    const left = [...(await cleanUp(client(), account)), ...(await cleanUp(client(), otherAccount))];

    expect(left).toEqual([]);
    const audit = await client().invoke(account, NAMES.simulation, { action: "clean-up" });
    expect(audit).toMatchObject({ removed: [] });
  });

  test.each(["security", "payments", "research"])("a second plan of %s has no changes", async (stack) => {
    await expect(runningIn(organization).deployment.hasChanges(stack)).resolves.toBe(false);
  });

  async function tagsOf(accountId: string, UserName: string): Promise<Record<string, string>> {
    const { Tags = [] } = await client().iam(accountId).send(new ListUserTagsCommand({ UserName }));
    return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  }

  async function policiesOf(accountId: string, UserName: string): Promise<(string | undefined)[]> {
    const { AttachedPolicies = [] } = await client()
      .iam(accountId)
      .send(new ListAttachedUserPoliciesCommand({ UserName }));
    return AttachedPolicies.map(({ PolicyName }) => PolicyName);
  }
}

function sinceCreation({ created, ...steps }: QuarantineTimeline, step: "contained" | "tagged"): number {
  return (steps[step] ?? Number.POSITIVE_INFINITY) - (created ?? Number.NEGATIVE_INFINITY);
}
