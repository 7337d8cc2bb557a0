import { CreateUserCommand } from "@aws-sdk/client-iam";
import { NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import {
  asffFinding,
  customNotification,
  jiraIssue,
  pagerDutyEvent,
} from "../../support/functions/published-formats";
import { labApi } from "../../support/lab/api";
import type { LabUsers } from "../../support/lab/users";
import { PAYMENTS, SECURITY } from "../rollout/accounts";
import type { Operator } from "../rollout/operator";

const ROUTING_KEY = "R0UT1NGKEY".repeat(3);

const securityApi = (operator: Operator) =>
  labApi(operator.lab.endpoint, operator.lab.credentials(SECURITY.id).accessKeyId);

/** What people make by hand before channels are turned on: Security Hub, and connections with credentials. */
export async function prepareChannels(operator: Operator): Promise<void> {
  const api = securityApi(operator);
  const enable = { method: "POST", path: "/accounts" };
  await api("securityhub", "EnableSecurityHub", {}, enable);
  const connect = async (Name: string, AuthorizationType: string, AuthParameters: object) =>
    String(
      (await api("events", "CreateConnection", { Name, AuthorizationType, AuthParameters }))["ConnectionArn"],
    );
  const BodyParameters = [{ Key: "routing_key", Value: ROUTING_KEY, IsValueSecret: true }];
  const page = await connect("pagerduty", "API_KEY", {
    ApiKeyAuthParameters: { ApiKeyName: "x-source", ApiKeyValue: "iam-user-quarantine" },
    InvocationHttpParameters: { BodyParameters },
  });
  const tickets = await connect("jira", "BASIC", {
    BasicAuthParameters: { Username: "bot@example.com", Password: "not-a-secret" },
  });
  operator.configure({
    channels: {
      securityHub: { minimumSeverity: "LOW" },
      chat: { minimumSeverity: "LOW" },
      webhooks: [
        { name: "page", type: "pagerDuty", connectionArn: page, minimumSeverity: "LOW" },
        {
          ...{ name: "tickets", type: "jira", connectionArn: tickets, minimumSeverity: "LOW" },
          ...{ endpoint: "https://example.atlassian.net/rest/api/3/issue", project: "SEC" },
        },
      ],
    },
  });
}

/** Cases about channels beside mail, in an organization with all of them. */
export function channelCases(operator: Operator, users: () => LabUsers): void {
  const createUser = async () => {
    const UserName = users().newName();
    await users().iam.send(new CreateUserCommand({ UserName }));
    return UserName;
  };
  const findings = async () => {
    const { Findings } = await securityApi(operator)(
      "securityhub",
      "GetFindings",
      {},
      { method: "POST", path: "/findings" },
    );
    return Findings as Record<string, unknown>[];
  };
  const chat = () =>
    operator.lab
      .inbox(SECURITY.id)
      .filter(({ topicArn }) => topicArn.endsWith(`:${NAMES.chatTopic}`))
      .map(({ message }) => message);
  const mails = (text: string) =>
    operator.lab
      .inbox(SECURITY.id)
      .filter(({ topicArn, message }) => topicArn.endsWith(`:${NAMES.topic}`) && message.includes(text));
  const webhooks = async (destination: string) =>
    (await operator.client.webhooks(SECURITY.id)).filter((request) =>
      request.destination.endsWith(`-${destination}`),
    );
  const about = <Item>(items: readonly Item[], userName: string) =>
    items.find((item) => JSON.stringify(item).includes(userName));

  test("a quarantine is a finding, a chat message, a page and a ticket, each as its receiver takes it", async () => {
    const UserName = await createUser();

    const finding = await eventually("the finding", async () => about(await findings(), UserName));
    const message = await eventually("the chat message", () => about(chat(), UserName));
    const page = await eventually("the page", async () => about(await webhooks("page"), UserName));
    const ticket = await eventually("the ticket", async () => about(await webhooks("tickets"), UserName));

    expect(asffFinding.parse(finding)).toMatchObject({ AwsAccountId: SECURITY.id, RecordState: "ACTIVE" });
    expect(customNotification.parse(JSON.parse(message))).toMatchObject({
      content: { keywords: [expect.any(String), "QUARANTINED", PAYMENTS.id] },
    });
    const { routing_key, ...event } = page.body as Record<string, unknown>;
    expect(routing_key).toBe(ROUTING_KEY);
    expect(pagerDutyEvent.parse(event)).toMatchObject({ event_action: "trigger" });
    expect(page).toMatchObject({ method: "POST", url: "https://events.pagerduty.com/v2/enqueue" });
    expect(jiraIssue.parse(ticket.body)).toMatchObject({ fields: { project: { key: "SEC" } } });
    expect(ticket.headers["authorization"]).toMatch(/^Basic /);
  });

  test("no secret of a connection is in Terraform's state or in a function's log", async () => {
    const logs = await operator.client.logLines(SECURITY.id, `/aws/lambda/${NAMES.webhookNotifier}`, "");
    const audit = await operator.client.logLines(SECURITY.id, NAMES.auditLog, "");

    expect(operator.read("state", `${SECURITY.id}.tfstate`)).not.toMatch(
      new RegExp(`${ROUTING_KEY}|not-a-secret`),
    );
    expect([...logs, ...audit].join("\n")).not.toMatch(new RegExp(`${ROUTING_KEY}|not-a-secret`));
    expect(logs.length).toBeGreaterThan(0);
  });

  test("channels that are down for good delay no mail and stop no other, and their messages are kept", async () => {
    const delays = operator.lab.settings.current;
    operator.lab.settings.change({ lambdaRetryDelaysMs: [100, 100] });
    const down = [
      { service: "securityhub", action: "BatchImportFindings", kind: "error" },
      { service: "events", action: "InvokeApiDestination", kind: "error", status: 400 },
    ] as const;
    await Promise.all(down.map((fault) => operator.client.addFault(fault)));
    const UserName = await createUser();

    await eventually("the mail", () => mails(UserName)[0]);
    await eventually("the chat message", () => about(chat(), UserName));
    const letters = await eventually("the dead letters", async () => {
      const found = await operator.client.messagesIn(SECURITY.id, NAMES.securityDeadLetters);
      const ofUser = found.filter((letter) => letter.includes(UserName));
      return ofUser.length >= 3 ? ofUser : undefined;
    });

    expect(mails(UserName)).toHaveLength(1);
    expect(letters.filter((letter) => letter.includes(NAMES.securityHubNotifier))).toHaveLength(1);
    expect(letters.filter((letter) => letter.includes("Quarantine Webhook"))).toHaveLength(2);

    await operator.client.clearFaults();
    operator.lab.settings.change(delays);
    const [letter = ""] = letters.filter((each) => each.includes(NAMES.securityHubNotifier));
    await operator.client.invoke(SECURITY.id, NAMES.securityHubNotifier, JSON.parse(letter));
    expect(about(await findings(), UserName)).toBeDefined();
  });
}
