import { isObject, objectAt, stringAt, type JsonObject } from "../../functions/shared/json";
import { readArn } from "../exchange/arn";
import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import { isArn, type Confirmations } from "./confirmations";
import { acceptsMessage } from "./filter-policy";
import type { Inbox, InboxMessage } from "./inbox";

/** A published message, and the addresses that it was mailed to, by the subscriptions of now. */
export interface Mail extends InboxMessage {
  readonly mailedTo: readonly string[];
}

interface Subscription {
  readonly Protocol?: string;
  readonly Endpoint?: string;
  readonly SubscriptionArn?: string;
}

interface Address {
  readonly subscriptionArn: string;
  readonly endpoint: string;
  readonly filterPolicy: JsonObject;
}

/** Reads what the topics of an account have mailed to confirmed addresses, oldest first. */
export function mailReader(
  moto: MotoClient,
  inbox: Inbox,
  confirmations: Pick<Confirmations, "hadConfirmed">,
): (accountId: string) => Promise<readonly Mail[]> {
  return async (accountId) => {
    const messages = inbox.messagesOf(accountId);
    const topics = [...new Set(messages.map(({ topicArn }) => topicArn))];
    const byTopic = new Map(
      await Promise.all(
        topics.map(async (topic) => [topic, await addressesOf(moto, accountId, topic)] as const),
      ),
    );
    return messages.map((message) => ({
      ...message,
      mailedTo: (byTopic.get(message.topicArn) ?? [])
        .filter(({ subscriptionArn }) => confirmations.hadConfirmed(subscriptionArn, message.time))
        .filter(({ filterPolicy }) => acceptsMessage(filterPolicy, message.attributes))
        .map(({ endpoint }) => endpoint),
    }));
  };
}

async function addressesOf(moto: MotoClient, accountId: string, TopicArn: string): Promise<Address[]> {
  const { region } = readArn(TopicArn);
  const sns = (action: string, params: Record<string, unknown>) => ({
    service: "sns",
    region,
    action,
    params,
  });
  const listing = sns("ListSubscriptionsByTopic", { TopicArn });
  const subscriptions = await listAll<Subscription>(moto, accountId, listing, "Subscriptions");
  const mailed = subscriptions.filter(({ Protocol }) => Protocol === "email");
  return Promise.all(
    mailed.flatMap(({ Endpoint: endpoint = "", SubscriptionArn: subscriptionArn }) =>
      isArn(subscriptionArn)
        ? [
            moto(accountId, sns("GetSubscriptionAttributes", { SubscriptionArn: subscriptionArn })).then(
              (answer): Address => ({ subscriptionArn, endpoint, filterPolicy: filterPolicyIn(answer) }),
            ),
          ]
        : [],
    ),
  );
}

/** The query protocol writes a map as entries of a key and a value. */
function filterPolicyIn(answer: JsonObject): JsonObject {
  const { entry } = objectAt(answer, "Attributes");
  const entries = [entry].flat().filter((each) => isObject(each));
  const policy = entries.find(({ key }) => key === "FilterPolicy");
  return JSON.parse((policy && stringAt(policy, "value")) ?? "{}") as JsonObject;
}
