import { ConfigError } from "../../../stacks/config/errors";
import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const CONNECTION = "arn:aws:events:us-east-1:111122223333:connection/ours/01234567-89ab";

const parse = (channels: string) =>
  parseRollout(
    "rollout.yaml",
    SAMPLE_YAML.replace("archiveRetentionDays: 30\n", `archiveRetentionDays: 30\n  channels: ${channels}\n`),
    "/",
  ).securityAccount.channels;

/** Place, expectation and finding of each mistake. */
function mistakes(channels: string): string[] {
  try {
    parse(channels);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    return error.problems.map(({ path, expected, found }) => `${path}: ${expected}, got ${found}`);
  }
}

const webhook = (fields: string) =>
  `{ webhooks: [{ name: one, connectionArn: "${CONNECTION}", ${fields} }] }`;
const AT = "securityAccount.channels";

test("all are off where the file says nothing", () => {
  expect(parse("{}")).toEqual({ webhooks: [] });
});

test("one that is written passes on what is MEDIUM or worse", () => {
  expect(parse("{ securityHub: {}, chat: { minimumSeverity: HIGH } }")).toMatchObject({
    securityHub: { minimumSeverity: "MEDIUM" },
    chat: { minimumSeverity: "HIGH" },
  });
});

test.each([
  ["pagerDuty without more", webhook("type: pagerDuty")],
  ["pagerDuty in the EU", webhook(`type: pagerDuty, endpoint: "https://events.eu.pagerduty.com/v2/enqueue"`)],
  [
    "jira",
    webhook(`type: jira, endpoint: "https://x.atlassian.net/rest/api/3/issue", project: SEC, issueType: Bug`),
  ],
  ["generic", webhook(`type: generic, endpoint: "https://hooks.example.com:8443/a/b"`)],
])("%s is taken", (_, channels) => {
  expect(mistakes(channels)).toEqual([]);
});

test.each([
  [
    "a severity that there is not",
    "{ chat: { minimumSeverity: SEVERE } }",
    `${AT}.chat.minimumSeverity: one of LOW, MEDIUM, HIGH, CRITICAL, got "SEVERE"`,
  ],
  [
    "a type that there is not",
    webhook("type: slack"),
    `${AT}.webhooks[0].type: one of pagerDuty, jira, generic, got "slack"`,
  ],
  [
    "an address without TLS",
    webhook(`type: generic, endpoint: "http://hooks.example.com"`),
    `${AT}.webhooks[0].endpoint: an https URL with the full name of a host, without a query and without *, got "http://hooks.example.com"`,
  ],
  [
    "an address with a token in its query",
    webhook(`type: generic, endpoint: "https://hooks.example.com/x?token=1"`),
    `${AT}.webhooks[0].endpoint: an https URL with the full name of a host, without a query and without *, got "https://hooks.example.com/x?token=1"`,
  ],
  [
    "no address",
    webhook("type: generic"),
    `${AT}.webhooks[0].endpoint: the https URL that gets the POST, got nothing`,
  ],
  [
    "Jira without a project",
    webhook(`type: jira, endpoint: "https://x.atlassian.net/rest/api/3/issue"`),
    `${AT}.webhooks[0].project: the key of the Jira project that gets the issues, got nothing`,
  ],
  [
    "a project without Jira",
    webhook("type: pagerDuty, project: SEC"),
    `${AT}.webhooks[0].project: no project: it belongs to the type jira, got "SEC"`,
  ],
  [
    "an issue type that Terraform would read",
    webhook(
      `type: jira, endpoint: "https://x.atlassian.net/rest/api/3/issue", project: SEC, issueType: "\${x}"`,
    ),
    `${AT}.webhooks[0].issueType: the name of an issue type, such as Task, without $ and %, got "\${x}"`,
  ],
  [
    "a connection of another account",
    webhook("type: pagerDuty").replace("111122223333", "444455556666"),
    `${AT}.webhooks[0].connectionArn: a connection of the security account in us-east-1: arn:aws:events:us-east-1:111122223333:connection/..., got "${CONNECTION.replace("111122223333", "444455556666")}"`,
  ],
  [
    "a connection in another Region",
    webhook("type: pagerDuty").replace("us-east-1", "eu-west-1"),
    `${AT}.webhooks[0].connectionArn: a connection of the security account in us-east-1: arn:aws:events:us-east-1:111122223333:connection/..., got "${CONNECTION.replace("us-east-1", "eu-west-1")}"`,
  ],
  [
    "a name twice",
    `{ webhooks: [{ name: one, type: pagerDuty, connectionArn: "${CONNECTION}" }, { name: one, type: pagerDuty, connectionArn: "${CONNECTION}" }] }`,
    `${AT}.webhooks[1].name: a value of its own, got "one", as in ${AT}.webhooks[0].name`,
  ],
])("%s is one mistake", (_, channels, mistake) => {
  expect(mistakes(channels)).toEqual([mistake]);
});

test("six webhooks are too many", () => {
  const one = (name: string) => `{ name: ${name}, type: pagerDuty, connectionArn: "${CONNECTION}" }`;

  expect(mistakes(`{ webhooks: [${["a", "b", "c", "d", "e", "f"].map(one).join(", ")}] }`)).toEqual([
    expect.stringContaining(`${AT}.webhooks: at most 5 webhooks`),
  ]);
});
