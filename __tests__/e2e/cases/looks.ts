import type { Outcome } from "../../../functions/contract";
import { isObject, objectAt } from "../../../functions/shared/json";
import type { LabClient } from "../../../lab/client/lab-client";
import type { SeenEvent } from "../../../lab/eventbridge/event-log";
import type { Lab } from "../../../lab/lab";
import type { InboxMessage } from "../../../lab/sns/inbox";
import { NAMES } from "../../../stacks/names";
import { BUSY_MACHINE_MS, eventually } from "../../support/eventually";
import { SECURITY_ACCOUNT } from "./organization";

export { policiesOf, tagsOf } from "../../../lab/client/read-user";

/** Alerts of an account, as machines read them. */
export async function alertsIn(client: LabClient, accountId: string): Promise<Outcome[]> {
  const inbox = await client.inbox(accountId);
  return inbox
    .flatMap(({ messageByProtocol }) => messageByProtocol?.["sqs"] ?? [])
    .map((json) => JSON.parse(json) as Outcome);
}

/** Alerts about a user in an account. */
export async function alertsAbout(
  client: LabClient,
  accountId: string,
  userName: string,
): Promise<Outcome[]> {
  return (await alertsIn(client, accountId)).filter((alert) => alert.userName === userName);
}

/** Waits for alerts about a user. Fails when there are fewer in time. */
export function waitForAlerts(
  client: LabClient,
  accountId: string,
  userName: string,
  { count = 1, limitMs = BUSY_MACHINE_MS } = {},
): Promise<Outcome[]> {
  return eventually(
    `${count} alerts about ${userName}`,
    async () => {
      const found = await alertsAbout(client, accountId, userName);
      return found.length >= count ? found : undefined;
    },
    limitMs,
  );
}

/**
 * Waits until a quarantine has stood for as long as it is held: until then, whatever is taken off is put
 * back, whoever does it. An order that SNS confirms late is sent again, and starts a second hold.
 */
export function endOfHold(
  lab: Pick<Lab, "events" | "inbox">,
  accountId: string,
  userName: string,
): Promise<true> {
  const isOrder = ({ topicArn, message }: InboxMessage) =>
    topicArn.endsWith(`:${NAMES.hold}`) && message.includes(`"userName":"${userName}"`);
  const isEnd = ({ event: { source, detail } }: SeenEvent) => {
    const { requestContext, responsePayload } = detail as HoldResult;
    return (
      source === "lambda" &&
      requestContext?.functionArn?.includes(`:${NAMES.hold}:`) === true &&
      responsePayload?.userName === userName
    );
  };
  return eventually(`the end of every hold of ${userName}`, () => {
    const orders = lab.inbox(accountId).filter(isOrder).length;
    const ends = lab.events(accountId).filter(isEnd).length;
    return (orders > 0 && ends >= orders) || undefined;
  });
}

/** What a Lambda destination puts on the bus. */
interface HoldResult {
  readonly requestContext?: { readonly functionArn?: string };
  readonly responsePayload?: Partial<Outcome>;
}

/** Outcomes about a user, as the responder's destination put them on the account's bus. */
export async function outcomesOnBus(
  client: LabClient,
  accountId: string,
  userName: string,
): Promise<Outcome[]> {
  return (await client.events(accountId))
    .flatMap((seen) => outcomesIn(seen))
    .filter((outcome) => outcome.userName === userName);
}

function outcomesIn(value: unknown): Outcome[] {
  if (!isObject(value)) {
    return [];
  }
  const payload = objectAt(value, "responsePayload");
  return "verdict" in payload
    ? [payload as unknown as Outcome]
    : Object.values(value).flatMap((each) => outcomesIn(each));
}

/** What the holds and the calls of a test itself lead to stands in the audit log too. */
function isOfCreation({ status, verdict }: Outcome): boolean {
  const ofCalls = ["gone", "may-undo", "not-quarantined", "hold"];
  return !["HELD", "RESTORED"].includes(status) && !ofCalls.includes(verdict.rule);
}

/** Outcomes about the creation of a user that reached the security account's audit log. */
export async function auditedOutcomes(client: LabClient, userName: string): Promise<Outcome[]> {
  const lines = await client.logLines(SECURITY_ACCOUNT, NAMES.auditLog, userName);
  return lines
    .map((line) => JSON.parse(line) as { source: string; detail: { responsePayload?: Outcome } })
    .flatMap(({ source, detail }) =>
      source === "lambda" && detail.responsePayload ? [detail.responsePayload] : [],
    )
    .filter((outcome) => outcome.userName === userName && isOfCreation(outcome));
}

/** Waits for the outcome about a user in the audit log: by then the responder has ended. */
export async function waitForOutcome(
  client: LabClient,
  userName: string,
  limitMs = BUSY_MACHINE_MS,
): Promise<Outcome> {
  const [outcome] = await waitForOutcomes(client, userName, { limitMs });
  return outcome;
}

/** Waits for several outcomes about a user, as {@link waitForOutcome} for one. */
export function waitForOutcomes(
  client: LabClient,
  userName: string,
  {
    count = 1,
    limitMs = BUSY_MACHINE_MS,
    among = () => true,
  }: { count?: number; limitMs?: number; among?: (outcome: Outcome) => boolean },
): Promise<[Outcome, ...Outcome[]]> {
  return eventually(
    `${count} outcomes about ${userName} in the audit log`,
    async () => {
      const [first, ...others] = (await auditedOutcomes(client, userName)).filter(among);
      return first !== undefined && others.length + 1 >= count ? [first, ...others] : undefined;
    },
    limitMs,
  );
}
