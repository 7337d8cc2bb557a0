import { createHmac, randomBytes } from "node:crypto";
import { readArn } from "../exchange/arn";
import { listAll } from "../exchange/list-all";
import type { AwsRequest } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readOutput } from "../exchange/read-response";
import { AwsError } from "../shared/errors";

/** A mail of SNS that asks the owner of an address to confirm a subscription. */
export interface Confirmation {
  readonly topicArn: string;
  /** The address. */
  readonly endpoint: string;
  /** What confirms it; nobody but the owner of the address knows it. Valid for two days. */
  readonly token: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
}

interface Subscription {
  readonly Protocol?: string;
  readonly Endpoint?: string;
  readonly SubscriptionArn?: string;
}

/**
 * The confirmations that SNS mails. moto's server keeps which subscriptions are pending
 * (`moto/sns_confirmations.py`); here is the token of each, and since when an address is mailed.
 *
 * Source: SNS API reference, "Subscribe" and "ConfirmSubscription".
 */
export class Confirmations {
  private readonly secret = randomBytes(32);
  private readonly mailed = new Map<string, Confirmation[]>();
  /** Milliseconds since the epoch, by the subscription's ARN. */
  private readonly confirmed = new Map<string, number>();

  constructor(
    private readonly moto: MotoClient,
    private readonly now: () => Date,
  ) {}

  /** The token of a subscription that this request makes. */
  tokenFor({ id }: Pick<AwsRequest, "id">): string {
    return createHmac("sha256", this.secret).update(id).digest("hex");
  }

  /** The confirmations that were mailed for the topics of an account, oldest first. */
  of(accountId: string): readonly Confirmation[] {
    return this.mailed.get(accountId) ?? [];
  }

  /** Whether what was published at this time went to the subscription. */
  hadConfirmed(subscriptionArn: string, time: string): boolean {
    return Date.parse(time) >= (this.confirmed.get(subscriptionArn) ?? 0);
  }

  /**
   * Does what the link in the mail does, for which AWS needs no credentials.
   *
   * @returns The subscription's ARN; undefined for a token that was never mailed.
   * @throws AwsError for one that is not valid any more.
   */
  async confirm(token: string): Promise<string | undefined> {
    for (const [accountId, confirmations] of this.mailed) {
      const mail = confirmations.find((each) => each.token === token);
      if (mail !== undefined) {
        const { region } = readArn(mail.topicArn);
        const params = { TopicArn: mail.topicArn, Token: token };
        const call = { service: "sns", region, action: "ConfirmSubscription", params };
        return this.note(await this.moto(accountId, call), this.now());
      }
    }
    return undefined;
  }

  /** Confirms every subscription, as the owners of the mailboxes would; what is not valid any more stays. */
  async confirmAll(): Promise<void> {
    const mails = [...this.mailed.values()].flat();
    for (const { token } of mails) {
      await this.confirm(token).catch((error: unknown) => {
        if (!(error instanceof AwsError)) {
          throw error;
        }
      });
    }
  }

  /** Mails the confirmation of a new subscription, and notes that one is confirmed. */
  readonly observe: Observer = async ({ request, accountId, receivedAt }, response) => {
    if (request.service !== "sns" || response.status >= 300) {
      return;
    }
    if (request.action === "ConfirmSubscription") {
      this.note(readOutput(request, response), receivedAt);
    }
    if (request.action === "Subscribe" && (await this.isPending(accountId, request))) {
      const { TopicArn, Endpoint } = request.params;
      const confirmation = {
        ...{ topicArn: String(TopicArn), endpoint: String(Endpoint) },
        ...{ token: this.tokenFor(request), time: receivedAt.toISOString() },
      };
      this.mailed.set(accountId, [...this.of(accountId), confirmation]);
    }
  };

  private note({ SubscriptionArn }: Readonly<Record<string, unknown>>, at: Date): string {
    const arn = String(SubscriptionArn);
    this.confirmed.set(arn, this.confirmed.get(arn) ?? at.getTime());
    return arn;
  }

  private async isPending(accountId: string, { params, region }: AwsRequest): Promise<boolean> {
    const listing = { service: "sns", region, action: "ListSubscriptionsByTopic" };
    const call = { ...listing, params: { TopicArn: params["TopicArn"] } };
    const subscriptions = await listAll<Subscription>(this.moto, accountId, call, "Subscriptions");
    return subscriptions.some(
      ({ Protocol, Endpoint, SubscriptionArn }) =>
        Protocol === params["Protocol"] && Endpoint === params["Endpoint"] && !isArn(SubscriptionArn),
    );
  }
}

/** A pending subscription shows none. */
export function isArn(subscriptionArn: string | undefined): subscriptionArn is string {
  return subscriptionArn?.startsWith("arn:") === true;
}
