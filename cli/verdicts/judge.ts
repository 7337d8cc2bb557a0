import { EventError } from "../../functions/security-response/errors";
import { readEvent } from "../../functions/security-response/event/event";
import { decide, type Decision, type Grounds } from "../../functions/security-response/verdict/verdict";
import { objectAt, stringAt, type JsonObject } from "../../functions/shared/json";
import { mayUndo } from "../../stacks/config/roles";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";

/** The verdict of an account's responder about one record. */
export type Judgement =
  | {
      readonly kind: "judged";
      readonly account: Account;
      readonly record: JsonObject;
      readonly decision: Decision;
    }
  /** The responder would alert and put the event into the dead-letter queue. */
  | {
      readonly kind: "unreadable";
      readonly account: Account;
      readonly record: JsonObject;
      readonly error: string;
    }
  /** Not a target account of the configuration: there is no responder. */
  | { readonly kind: "elsewhere"; readonly accountId: string; readonly record: JsonObject };

/** What the responder of an account decides by: the same values as in its environment. */
export function groundsOf(rollout: Rollout, account: Account, now: number): Grounds {
  return {
    mode: account.mode,
    accountId: account.id,
    partition: rollout.partition,
    rolePath: rollout.rolePath ?? "/",
    policyArn: new AccountNames(rollout.partition, account.id).quarantinePolicyArn,
    trust: account.trust,
    mayUndo: mayUndo(rollout, account),
    now,
  };
}

/**
 * Judges one record with the responder's code, at the current time. Pure.
 *
 * @param record CloudTrail's record, or an event of EventBridge with one.
 * @param mode Instead of the account's own.
 * @param now Milliseconds since the epoch.
 */
export function judge(record: JsonObject, rollout: Rollout, now: number, mode?: Grounds["mode"]): Judgement {
  const event = asEvent(record);
  const accountId =
    stringAt(objectAt(event, "detail"), "recipientAccountId") ?? stringAt(event, "account") ?? "";
  const account = rollout.accounts.find(({ id }) => id === accountId);
  if (account === undefined) {
    return { kind: "elsewhere", accountId, record };
  }
  const grounds = groundsOf(rollout, account, now);
  try {
    const decision = decide(readEvent(event), mode === undefined ? grounds : { ...grounds, mode });
    return { kind: "judged", account, record, decision };
  } catch (error) {
    if (!(error instanceof EventError)) {
      throw error;
    }
    return { kind: "unreadable", account, record, error: error.message };
  }
}

/** CloudTrail's record, without the envelope that EventBridge may have put around it. */
export function detailOf(record: JsonObject): JsonObject {
  return (record["detail"] as JsonObject | null | undefined) ?? record;
}

/** A record as EventBridge would deliver it. One that comes from a trail or a lookup has no envelope. */
function asEvent(record: JsonObject): JsonObject {
  if ("detail" in record || "requestPayload" in record) {
    return record;
  }
  const service = stringAt(record, "eventSource")?.split(".")[0];
  return {
    ...(service !== undefined && { source: `aws.${service}` }),
    ...(record["recipientAccountId"] !== undefined && { account: record["recipientAccountId"] }),
    detail: record,
  };
}
