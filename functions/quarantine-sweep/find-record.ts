import {
  LookupEventsCommand,
  type CloudTrailClient,
  type LookupAttribute,
  type LookupEventsCommandOutput,
} from "@aws-sdk/client-cloudtrail";
import type { SweptUser } from "../security-response/sweep-request";
import { errorCode } from "../shared/aws-error";
import type { Deadline } from "../shared/deadline";
import { objectAt, parseObject, stringAt, type JsonObject } from "../shared/json";
import { retry, type RetryTiming } from "../shared/retry";
import { SWEEP_MS } from "./durations";

/** IAM's time of a creation has seconds, and so has CloudTrail's: they differ by one at most. */
const AROUND_MS = 5_000;

/** The most pages of 50 records for one user: there may be many IAM calls at that moment. */
const MAX_PAGES = 10;

/** Looks up CloudTrail's records of creations and of undone quarantines, within CloudTrail's rate. */
export class RecordFinder {
  private next = 0;

  constructor(
    private readonly cloudTrail: CloudTrailClient,
    private readonly timing: RetryTiming,
    private readonly deadline: Deadline,
  ) {}

  /**
   * The record of the call that created the user, recognized by the user's id. It is looked up by the user's
   * name, and then among all creations at that time, since the user may have been renamed.
   *
   * @returns undefined when CloudTrail has none
   * @throws What CloudTrail answers, when it still throttles after {@link SWEEP_MS.throttled}
   */
  async find({ userName, userId, createdAt }: SweptUser): Promise<JsonObject | undefined> {
    const created = Date.parse(createdAt);
    const attributes: readonly LookupAttribute[] = [
      { AttributeKey: "ResourceName", AttributeValue: userName },
      { AttributeKey: "EventName", AttributeValue: "CreateUser" },
    ];
    for (const attribute of attributes) {
      const record = await this.lookUp(attribute, created, userId);
      if (record) {
        return record;
      }
    }
    return undefined;
  }

  private async lookUp(
    attribute: LookupAttribute,
    created: number,
    userId: string,
  ): Promise<JsonObject | undefined> {
    let NextToken: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const command = new LookupEventsCommand({
        LookupAttributes: [attribute],
        StartTime: new Date(created - AROUND_MS),
        EndTime: new Date(created + AROUND_MS),
        NextToken,
      });
      const page = await this.send(command);
      const record = (page.Events ?? [])
        .map(({ CloudTrailEvent = "" }) => parseObject(CloudTrailEvent))
        .find((each) => isCreationOf(each, userId));
      NextToken = page.NextToken;
      if (record || NextToken === undefined) {
        return record;
      }
    }
    return undefined;
  }

  /**
   * The record of the last call since `since` that may have undone the user's quarantine; if a call removed a
   * deny, of that one. Calls of the responder itself are left out.
   *
   * @param isUndoing Whether a record is of such a call, and whether that took a deny off.
   * @returns undefined when CloudTrail has none
   * @throws as {@link find}
   */
  async findUndoing(
    { userName }: SweptUser,
    since: Date,
    isUndoing: (record: JsonObject) => { readonly tookDenyOff: boolean } | undefined,
  ): Promise<JsonObject | undefined> {
    const command = new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: userName }],
      StartTime: since,
    });
    // One page, which has the newest records: older ones are not needed.
    const { Events = [] } = await this.send(command);
    const undoing = Events.map(({ CloudTrailEvent = "" }) => parseObject(CloudTrailEvent))
      .map((record) => ({ record, is: isUndoing(record) }))
      .filter(({ is }) => is !== undefined);
    return (undoing.find(({ is }) => is?.tookDenyOff) ?? undoing[0])?.record;
  }

  private async send(command: LookupEventsCommand): Promise<LookupEventsCommandOutput> {
    const budget = Math.min(SWEEP_MS.throttled, this.deadline.remaining());
    const call = async () => {
      await this.takeTurn();
      return this.deadline.run((options) => this.cloudTrail.send(command, options));
    };
    return retry(call, { when: isThrottled, budget }, this.timing);
  }

  /** Waits for the next call that CloudTrail's rate allows; retries count too. */
  private async takeTurn(): Promise<void> {
    const wait = this.next - this.timing.clock();
    if (wait > 0) {
      await this.timing.sleep(wait);
    }
    this.next = this.timing.clock() + SWEEP_MS.betweenLookups;
  }
}

function isThrottled(error: unknown): boolean {
  return errorCode(error) === "Throttling" || errorCode(error) === "TooManyRequests";
}

function isCreationOf(record: JsonObject, userId: string): boolean {
  const created = objectAt(objectAt(record, "responseElements"), "user");
  return (
    record["eventSource"] === "iam.amazonaws.com" &&
    record["eventName"] === "CreateUser" &&
    stringAt(created, "userId") === userId
  );
}

/** A record as EventBridge delivers it (EventBridge guide, "AWS service events delivered via CloudTrail"). */
export function envelopeOf(record: JsonObject, accountId: string): JsonObject {
  return {
    version: "0",
    id: stringAt(record, "eventID") ?? "",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: accountId,
    time: stringAt(record, "eventTime") ?? "",
    region: stringAt(record, "awsRegion") ?? "",
    resources: [],
    detail: record,
  };
}
