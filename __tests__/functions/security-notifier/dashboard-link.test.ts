import { NOTIFIER_ENV } from "../../../functions/contract";
import { composeMail } from "../../../functions/security-notifier/channels/mail";
import { readNotice, type Notice } from "../../../functions/security-notifier/notice";
import { readSettings } from "../../../functions/security-notifier/settings";
import { MAX_PUBLISHED_BYTES } from "../../../functions/shared/alert/sns-alert";
import { apiCallEvent, MEMBER } from "../../support/functions/api-call-event";
import { drillEnded } from "../../support/functions/drill-events";
import { loadFixture } from "../../support/load-fixture";

const environment = (topicArn: string, dashboard?: string) => ({
  [NOTIFIER_ENV.topicArn]: topicArn,
  [NOTIFIER_ENV.deploymentRole]: "Deployer",
  [NOTIFIER_ENV.auditLog]: "/aws/events/security-events",
  ...(dashboard !== undefined && { [NOTIFIER_ENV.dashboard]: dashboard }),
});
const topic = (partition: string, region: string) =>
  `arn:${partition}:sns:${region}:111122223333:security-alerts`;
const COMMERCIAL = readSettings(environment(topic("aws", "us-east-1"), "security-events"));
const LAST_LINE =
  "The dashboard: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/security-events";

test.each([
  ["aws", "us-east-1", "https://us-east-1.console.aws.amazon.com"],
  ["aws-us-gov", "us-gov-west-1", "https://console.amazonaws-us-gov.com"],
  ["aws-cn", "cn-north-1", "https://console.amazonaws.cn"],
])("in the partition %s, the link leads to its console", (partition, region, host) => {
  expect(readSettings(environment(topic(partition, region), "security-events")).dashboardLink).toBe(
    `${host}/cloudwatch/home?region=${region}#dashboards/dashboard/security-events`,
  );
});

const read = (event: unknown) => readNotice(event, () => []);
const health = {
  ...{ account: MEMBER, source: "quarantine-sweep", "detail-type": "Quarantine Health" },
  detail: { kind: "health", status: "HEALTHY", findings: [] },
};
const silence: Notice = {
  ...{ kind: "silence", sender: "111122223333", everyHours: 24, part: 1, parts: 1 },
  accounts: [{ id: MEMBER, name: "research", lastPassed: undefined, lastUnproven: undefined }],
};
const NOTICES: readonly Notice[] = [
  read(loadFixture("central-events/quarantined")),
  read(drillEnded()),
  silence,
  read(health),
  read(loadFixture("central-events/alarm")),
  read(apiCallEvent({ service: "events", eventName: "DisableRule" })),
  read(apiCallEvent({ service: "events", eventName: "DisableRule", errorCode: "AccessDenied" })),
  read({ account: MEMBER, source: "custom" }),
];

test.each(NOTICES.map((notice) => [notice.kind, notice] as const))(
  "a mail of the kind %s ends with the link, where there is a dashboard",
  (_, notice) => {
    const plain = JSON.parse(composeMail(notice, { partition: "aws" }).message) as Record<string, string>;
    const linked = JSON.parse(composeMail(notice, COMMERCIAL).message) as Record<string, string>;

    const email = `${plain["email"]}\n\n${LAST_LINE}`;
    expect(linked).toEqual({ ...plain, email, default: email });
    expect(plain["email"]).not.toContain("dashboards/dashboard");
  },
);

test("there is a mail of every kind above", () => {
  const kinds = ["outcome", "drill", "silence", "health", "alarm", "change", "refusal", "unreadable"];

  expect(NOTICES.map(({ kind }) => kind)).toEqual(kinds);
});

test("without the name of a dashboard there is no link", () => {
  expect(readSettings(environment(topic("aws", "us-east-1")))).not.toHaveProperty("dashboardLink");
});

test("the longest mail has room for it", () => {
  const event = { account: MEMBER, source: "custom", detail: { text: "x".repeat(300_000) } };
  const { message } = composeMail(read(event), COMMERCIAL);

  expect(message).toContain(LAST_LINE);
  expect(Buffer.byteLength(message)).toBeLessThan(MAX_PUBLISHED_BYTES - 1_024);
});
