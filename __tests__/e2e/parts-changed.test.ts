import { readFileSync } from "node:fs";
import path from "node:path";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import { zipSync } from "fflate";
import { EXIT } from "../../cli/exit-codes";
import { reviewSchema } from "../../cli/review/review";
import { RESPONDER_ENV } from "../../functions/contract";
import type { InboxMessage } from "../../lab/sns/inbox";
import { NAMES } from "../../stacks/names";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { document, LabUsers, type LabUser } from "../support/lab/users";
import { channelCases, prepareChannels } from "./cases/channels";
import { policiesOf } from "./cases/looks";
import { PAYMENTS, SECURITY } from "./rollout/accounts";
import { Operator } from "./rollout/operator";

const PROJECT = path.join(__dirname, "../..");

/** Real Terraform on two cores, with room for a busy machine. */
jest.setTimeout(900_000);

/** IAM and events as slow as published: four seconds, and three. */
const SLOW_AWS = { propagationMs: 4_000, eventDelayMs: 3_000 };

const operator = new Operator("e2e-parts");
let users: LabUsers;
let intruder: LabUser;
let stranger: LabUser;

beforeAll(async () => {
  await operator.start();
  operator.configure({ accounts: [PAYMENTS] });
  await prepareChannels(operator);
  users = new LabUsers(operator.lab, PAYMENTS.id);
  // They are older than the quarantine, which would stop them.
  intruder = await users.newUser();
  stranger = await users.newUser({ administers: false });
  await rollout();
  operator.lab.settings.change(SLOW_AWS);
});
afterAll(() => operator.stop());

/** What a mail about a change tells to do, with the answer to the question that it asks. */
async function rollout(...args: string[]): Promise<void> {
  const { code, stderr } = await operator.run("rollout", ...args, "--yes");
  if (code !== EXIT.done) {
    throw new Error(stderr);
  }
}

/** What a review says of the account. */
async function review(...args: string[]) {
  const { code, stdout, stderr } = await operator.run(
    "review",
    "--account",
    PAYMENTS.name,
    "--json",
    ...args,
  );
  if (stdout === "") {
    throw new Error(stderr);
  }
  return { code, account: reviewSchema.parse(JSON.parse(stdout)).accounts[0] };
}

const driftOf = (address: string, attribute: string, expected: string, found: string) => ({
  ...{ address, attribute, expected, found },
});

const administrator = (): LabApi =>
  labApi(operator.lab.endpoint, operator.lab.credentials(PAYMENTS.id).accessKeyId);

const textOf = ({ messageByProtocol }: InboxMessage): string => messageByProtocol?.["email"] ?? "";

/** Mails of the security account's topic that contain all of some texts. */
function mailsWith(...texts: string[]): InboxMessage[] {
  return operator.lab.inbox(SECURITY.id).filter((mail) => texts.every((text) => textOf(mail).includes(text)));
}

const mailWith = (...texts: string[]): Promise<InboxMessage> =>
  eventually(`a mail with ${texts.join(", ")}`, () => mailsWith(...texts)[0]);

const FUNCTION = `/functions/${NAMES.responder}`;
const rest = (method: string, date: string, end = "") => ({ method, path: `/${date}${FUNCTION}${end}` });

/** A function that does nothing. */
const HARMLESS = zipSync({ "index.js": Buffer.from("exports.handler = async () => {};") });

/** How an administrator blinds the account: title, call, and what the mail says. */
const BLINDING: readonly (readonly [string, (api: LabApi) => Promise<unknown>, string, string])[] = [
  [
    "the rule disabled",
    (api) => api("events", "DisableRule", { Name: NAMES.detectionRule }),
    "DisableRule",
    "the rule was disabled",
  ],
  [
    "the rule's target removed",
    (api) => api("events", "RemoveTargets", { Rule: NAMES.detectionRule, Ids: ["responder"] }),
    "RemoveTargets",
    "targets were removed from the rule",
  ],
  [
    "the function's concurrency set to 0",
    (api) =>
      api(
        "lambda",
        "PutFunctionConcurrency",
        { ReservedConcurrentExecutions: 0 },
        rest("PUT", "2017-10-31", "/concurrency"),
      ),
    "PutFunctionConcurrency",
    "the function's reserved concurrency was set to 0",
  ],
  [
    "the mode set to off",
    async (api) => {
      const Variables = { ...(await environment()), [RESPONDER_ENV.mode]: "off" };
      const call = rest("PUT", "2015-03-31", "/configuration");
      await api("lambda", "UpdateFunctionConfiguration", { Environment: { Variables } }, call);
    },
    "UpdateFunctionConfiguration",
    "the function's configuration was changed",
  ],
];

async function configuration(): Promise<Record<string, unknown>> {
  return administrator()(
    "lambda",
    "GetFunctionConfiguration",
    {},
    rest("GET", "2015-03-31", "/configuration"),
  );
}

async function environment(): Promise<Record<string, string>> {
  const { Environment } = await configuration();
  return (Environment as { Variables: Record<string, string> }).Variables;
}

describe("channels beside mail", () => {
  channelCases(operator, () => users);
});

describe("an administrator of the account who blinds it is named in a mail of the security account", () => {
  test.each(BLINDING)("%s", async (_, change, eventName, meaning) => {
    await change(intruder.api);

    const mail = await mailWith(eventName, meaning);

    expect(mail.subject).toContain(`[CRITICAL] ${PAYMENTS.id}: part of the quarantine changed: ${eventName}`);
    expect(textOf(mail).split("\n")).toEqual(
      expect.arrayContaining([
        `Account:     ${PAYMENTS.id}`,
        `Caller:      arn:aws:iam::${PAYMENTS.id}:user/${intruder.UserName}`,
        "From:        127.0.0.1",
        `  npm run quarantine -- rollout --account ${PAYMENTS.id}`,
      ]),
    );
    expect(mail.publishedBy).toContain(NAMES.notifier);
  });

  test("review --drift names each of the changes, and changes neither the state nor anything else", async () => {
    const states = () => [PAYMENTS, SECURITY].map(({ id }) => operator.read("state", `${id}.tfstate`));
    const before = states();

    const { code, account } = await review("--drift", "--live");

    const drift = account?.drift?.map(({ address, ...difference }) => ({
      // CDKTF adds a hash to names.
      address: address.replace(/_[0-9A-F]{8}$/, ""),
      ...difference,
    }));
    expect(drift).toHaveLength(BLINDING.length);
    expect(drift).toEqual(
      expect.arrayContaining([
        driftOf("aws_cloudwatch_event_rule.detection_rule", "state", "ENABLED", "DISABLED"),
        driftOf("aws_cloudwatch_event_target.detection_responder", "", "present", "absent"),
        driftOf("aws_lambda_function.responder_function", "reserved_concurrent_executions", "-1", "0"),
        driftOf(
          "aws_lambda_function.responder_function",
          `environment.0.variables.${RESPONDER_ENV.mode}`,
          "enforce",
          "off",
        ),
      ]),
    );
    expect(account).toMatchObject({ status: "drifted", differences: [], live: { problems: [] } });
    // Those whom the cases of the channels have quarantined.
    expect(account?.live?.users.flatMap(({ gap }) => gap)).toEqual([]);
    expect(code).toBe(EXIT.changes);
    expect(states()).toEqual(before);
  });

  test("review says of an account whose role cannot be assumed that it was not asked", async () => {
    const { code, account } = await review("--drift", "--live", "--role", "NoSuchRole", "--retry-for", "0s");

    expect(account).toMatchObject({ status: "unreadable", drift: null, live: { users: [] } });
    expect(account?.problems.join("\n")).toMatch(/^Drift is not known: Cannot assume IAM Role/m);
    expect(account?.problems.join("\n")).toMatch(/^Its users are not known: .*role\/NoSuchRole/m);
    expect(code).toBe(EXIT.failed);
  });

  test("the command in the mail brings all of it back, and what it does is recorded", async () => {
    await rollout("--account", PAYMENTS.id);

    expect((await environment())[RESPONDER_ENV.mode]).toBe("enforce");
    const concurrency = rest("GET", "2019-09-30", "/concurrency");
    const { ReservedConcurrentExecutions } = await administrator()(
      "lambda",
      "GetFunctionConcurrency",
      {},
      concurrency,
    );
    expect(ReservedConcurrentExecutions ?? null).toBeNull();
    const rule = { Name: NAMES.detectionRule };
    expect(await administrator()("events", "DescribeRule", rule)).toMatchObject({ State: "ENABLED" });
    const { Targets } = await administrator()("events", "ListTargetsByRule", { Rule: NAMES.detectionRule });
    expect(Targets).toContainEqual(expect.objectContaining({ Id: "responder" }));

    const byDeployment = await eventually("the rollout's changes in the audit log", async () => {
      const lines = await operator.client.logLines(SECURITY.id, NAMES.auditLog, "sessionIssuer");
      const seen = lines.filter((line) => line.includes("UpdateFunctionConfiguration"));
      return seen.length > 0 ? seen : undefined;
    });
    expect(byDeployment.join("\n")).toContain(`:role/OrganizationAccountAccessRole`);
  });

  test("the function's code replaced, which only another command brings back", async () => {
    const { CodeSha256 } = await configuration();
    const upload = (api: LabApi, zip: Uint8Array) =>
      api(
        "lambda",
        "UpdateFunctionCode",
        { ZipFile: Buffer.from(zip).toString("base64") },
        rest("PUT", "2015-03-31", "/code"),
      );
    await upload(intruder.api, HARMLESS);

    const mail = await mailWith("UpdateFunctionCode", "the function's code was replaced");

    expect((await configuration())["CodeSha256"]).not.toBe(CodeSha256);
    const [, file = ""] = /fileb:\/\/(\S+)/.exec(textOf(mail)) ?? [];
    await upload(administrator(), readFileSync(path.join(PROJECT, file)));
    expect((await configuration())["CodeSha256"]).toBe(CodeSha256);
  });

  test("the function deleted", async () => {
    await intruder.api("lambda", "DeleteFunction", {}, rest("DELETE", "2015-03-31"));

    const mail = await mailWith("DeleteFunction", "the function was deleted");

    expect(textOf(mail)).toContain(`user/${intruder.UserName}`);
  });

  test("the same command makes the function again, and the next user is quarantined", async () => {
    await rollout("--account", PAYMENTS.id);
    const UserName = users.newName();

    await users.iam.send(new CreateUserCommand({ UserName }));

    const policies = await eventually("the quarantine", async () => {
      const found = await policiesOf(users.iam, UserName);
      return found.length > 0 ? found : undefined;
    });
    expect(policies).toContain(NAMES.quarantinePolicy);
  });
});

test("the responder's role does nothing in a function of somebody else, in a Region that no rule sees", async () => {
  const elsewhere = labApi(
    operator.lab.endpoint,
    operator.lab.credentials(PAYMENTS.id).accessKeyId,
    "eu-west-1",
  );
  // The same name: the function's ARN differs in the Region alone.
  const FunctionName = NAMES.responder;
  const handler = "exports.handler = async () => ({ key: process.env.AWS_ACCESS_KEY_ID });";
  await elsewhere(
    "lambda",
    "CreateFunction",
    {
      ...{ FunctionName, Runtime: "nodejs22.x", Handler: "index.handler" },
      Role: `arn:aws:iam::${PAYMENTS.id}:role/${NAMES.responder}`,
      Code: { ZipFile: Buffer.from(zipSync({ "index.js": Buffer.from(handler) })).toString("base64") },
    },
    { method: "POST", path: "/2015-03-31/functions" },
  );
  const { key } = await elsewhere("lambda", "Invoke", {}, rest("POST", "2015-03-31", "/invocations"));
  const stolen = labApi(operator.lab.endpoint, String(key));

  const overwriting = stolen("iam", "PutUserPolicy", {
    ...{ UserName: stranger.UserName, PolicyName: "deny" },
    PolicyDocument: document("Allow", "*"),
  });

  await expect(overwriting).rejects.toThrow(
    new RegExp(`assumed-role/${NAMES.responder}/.* with an explicit deny in an identity-based policy`),
  );
});

describe("somebody who is refused", () => {
  const refusedToDisable = async (api: LabApi) =>
    expect(api("events", "DisableRule", { Name: NAMES.detectionRule })).rejects.toThrow(/not authorized/);
  /** Hours of the calls that the mails about a caller name: each hour of the clock may have one. */
  const hoursOf = (mails: readonly InboxMessage[]) =>
    mails.map((mail) => /^At: +(.{13})/m.exec(textOf(mail))?.[1] ?? "none");

  test("many times is mailed about once", async () => {
    const caller = `Caller:      arn:aws:iam::${PAYMENTS.id}:user/${stranger.UserName}`;
    await refusedToDisable(stranger.api);
    const mail = await mailWith("was refused", caller);
    for (let attempt = 0; attempt < 12; attempt++) {
      await refusedToDisable(stranger.api);
    }
    await eventually("the refusals in the audit log", async () => {
      const lines = await operator.client.logLines(SECURITY.id, NAMES.auditLog, stranger.UserName);
      return lines.filter((line) => line.includes("DisableRule")).length >= 13 || undefined;
    });
    await operator.lab.advance(10_000);

    const mails = mailsWith("was refused", caller);

    expect(mail.subject).toContain(`[HIGH] ${PAYMENTS.id}: refused: DisableRule by `);
    expect(textOf(mail)).toContain("is not authorized to perform: events:DisableRule on resource: ");
    expect(new Set(hoursOf(mails)).size).toBe(mails.length);
  });

  test("by a service control policy to take a deny off a user is mailed about, with the policy's ARN", async () => {
    const management = labApi(
      operator.lab.endpoint,
      operator.lab.credentials(operator.lab.accounts[0]?.id ?? "").accessKeyId,
    );
    const { Policy } = await management("organizations", "CreatePolicy", {
      Name: "guard",
      Description: "",
      Type: "SERVICE_CONTROL_POLICY",
      Content: document("Deny", "iam:DetachUserPolicy"),
    });
    const { Id, Arn } = (Policy as { PolicySummary: { Id: string; Arn: string } }).PolicySummary;
    await management("organizations", "AttachPolicy", { PolicyId: Id, TargetId: PAYMENTS.id });
    const detach = () =>
      intruder.api("iam", "DetachUserPolicy", {
        UserName: intruder.UserName,
        PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
      });

    await eventually("the refusal", async () => {
      const answer: unknown = await detach().catch((error: unknown) => error);
      return String(answer).includes("explicit deny") || undefined;
    });

    const mail = await mailWith("was refused", `user/${intruder.UserName}`);
    expect(textOf(mail)).toContain(`with an explicit deny in a service control policy: ${Arn}`);
  });
});

test("a rule of the security account that somebody disables is mailed about too, and recorded", async () => {
  const api = labApi(operator.lab.endpoint, operator.lab.credentials(SECURITY.id).accessKeyId);

  await api("events", "DisableRule", { Name: NAMES.outcomeAlertRule, EventBusName: NAMES.bus });

  const mail = await mailWith("the rule was disabled", NAMES.outcomeAlertRule);
  expect(mail.subject).toContain(`[CRITICAL] ${SECURITY.id}: `);
  await eventually("the record", async () => {
    const lines = await operator.client.logLines(SECURITY.id, NAMES.auditLog, NAMES.outcomeAlertRule);
    return lines.some((line) => line.includes("DisableRule")) || undefined;
  });
});

test("in the end, nobody was mailed about a change by the deployment role", () => {
  expect(mailsWith("Caller:      arn:aws:iam::").length).toBeGreaterThan(0);
  expect(mailsWith(":role/OrganizationAccountAccessRole").map(textOf)).toEqual([]);
});
