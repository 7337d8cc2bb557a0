import { readEvent } from "../../../functions/security-response/event/event";
import {
  readUserCreation,
  type UserCreation,
} from "../../../functions/security-response/event/user-creation";
import { change, DELETE, loadFixture } from "../../support/load-fixture";

function read(event: unknown, partition = "aws"): UserCreation {
  return readUserCreation(readEvent(event), { accountId: "111122223333", partition });
}

test("reads who created whom, from where and when", () => {
  const event = loadFixture("events/by-iam-user");

  const creation = read(event);

  expect(creation).toEqual({
    eventId: "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001",
    earlierRequestIds: [],
    eventTime: "2025-03-04T05:06:07.000Z",
    accountId: "111122223333",
    userName: "mallory",
    userId: "AIDAJQABLZS4A3QDU576Q",
    path: "/",
    userArn: "arn:aws:iam::111122223333:user/mallory",
    creator: {
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/alice",
      sessionIssuerArn: "",
      invokedBy: "",
      label: "arn:aws:iam::111122223333:user/alice",
    },
    sourceIp: "198.51.100.7",
    userAgent: "aws-cli/2.17.32 md/awscrt#0.21.2 md/command#iam.create-user",
    tags: [],
    remarks: [],
  });
});

test.each([
  ["by-assumed-role", "arn:aws:sts::111122223333:assumed-role/onboarding/i-0abcd1234efgh5678"],
  ["by-root", "arn:aws:iam::111122223333:root"],
  ["by-federated-user", "arn:aws:sts::111122223333:federated-user/guest"],
  ["by-aws-service", "ses.amazonaws.com"],
  ["by-identity-center-user", "Identity Center user 544894e8-80c1-707f-60e3-3ba6510dfac1"],
  ["no-user-identity", "unknown"],
])("names the creator of %s", (fixture, label) => {
  const event = loadFixture(`events/${fixture}`);

  const { creator } = read(event);

  expect(creator.label).toBe(label);
});

test("takes the name after the last slash when only the ARN of the response has it", () => {
  const event = loadFixture("events/with-path");
  change(event, "detail.responseElements.user.userName", DELETE);
  change(event, "detail.responseElements.user.path", DELETE);
  change(event, "detail.requestParameters", null);

  const { userName, path, userArn } = read(event);

  expect(userName).toBe("mallory");
  expect(path).toBe("/division/team-7/");
  expect(userArn).toBe("arn:aws:iam::111122223333:user/division/team-7/mallory");
});

test("takes name and path of the request when the response is null", () => {
  const event = change(loadFixture("events/with-path"), "detail.responseElements", null);

  const { userArn } = read(event);

  expect(userArn).toBe("arn:aws:iam::111122223333:user/division/team-7/mallory");
});

test("believes the response, and says so, when it names another user than the request", () => {
  const event = loadFixture("events/names-differ");

  const { userName, remarks } = read(event);

  expect(userName).toBe("mallory");
  expect(remarks).toEqual(["The request named the user Mallory-asked, IAM created mallory."]);
});

test.each([
  ["in-govcloud", "aws-us-gov"],
  ["in-china", "aws-cn"],
])("builds the ARN of the partition for %s", (fixture, partition) => {
  const event = change(loadFixture(`events/${fixture}`), "detail.responseElements", null);

  const { userArn } = read(event, partition);

  expect(userArn).toBe(`arn:${partition}:iam::111122223333:user/mallory`);
});

test("uses the envelope's time when the record's cannot be read, and none when neither can", () => {
  const event = change(loadFixture("events/by-iam-user"), "detail.eventTime", "soon");

  const fromEnvelope = read(event).eventTime;
  const unknown = read(change(event, "time", { bad: true })).eventTime;

  expect(fromEnvelope).toBe("2025-03-04T05:06:07.000Z");
  expect(unknown).toBe("");
});

test.each([undefined, null, 7, "", "../mallory", "A".repeat(200)])("knows no user id when it is %p", (id) => {
  const event = change(loadFixture("events/by-iam-user"), "detail.responseElements.user.userId", id);

  const { userId } = read(event);

  expect(userId).toBeUndefined();
});

test("falls back to the envelope's id when the record has none", () => {
  const event = change(loadFixture("events/by-iam-user"), "detail.eventID", DELETE);

  const { eventId } = read(event);

  expect(eventId).toBe("5b1f8f9c-0e6a-4b57-9f0b-3b8f0d1c2a10");
});

test("unwraps what lies in the dead-letter queue, also when it came back twice", () => {
  const record = loadFixture("events/on-failure-record");
  const again = { ...record, requestContext: { requestId: "request-2" }, requestPayload: record };

  const { userName, earlierRequestIds } = read(again);

  expect(userName).toBe("mallory");
  expect(earlierRequestIds).toEqual(["request-2", "7a0c6f6e-4d5b-4e0e-9a39-53a3b0c3f001"]);
});

test.each([null, undefined, 7, "text", [], [{}]])("refuses %p as an event", (payload) => {
  const reading = (): UserCreation => read(payload);

  expect(reading).toThrow(/^event: expected an EventBridge event \(a JSON object\), got /);
});
