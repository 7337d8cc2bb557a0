import { PutEventsCommand, type EventBridgeClient } from "@aws-sdk/client-eventbridge";
import {
  WEBHOOK_DETAIL_TYPE,
  WEBHOOK_SOURCE,
  type WebhookChannelSettings,
  type WebhookRequest,
} from "../../contract";
import { runbookLink } from "../../shared/alert/runbook";
import { errorText } from "../../shared/aws-error";
import { Deadline } from "../../shared/deadline";
import { FunctionError } from "../../shared/errors";
import type { Channel } from "../channel";
import type { Notice } from "../notice";
import type { Settings } from "../settings";
import { briefOf, isPassedOn } from "./brief";
import { webhookBody } from "./webhook-body";

/** The bus did not take what webhooks are to be sent. Lambda retries the event. */
export class WebhookError extends FunctionError {
  override readonly name = "WebhookError";
}

/**
 * Webhooks, each by a rule of its own that sends to an API destination: EventBridge holds the credentials,
 * retries for an hour, and keeps what failed. This function only writes the bodies and puts them on the bus.
 */
export function webhookChannel(
  channel: WebhookChannelSettings,
  { partition, runbookUrl }: Pick<Settings, "partition" | "runbookUrl">,
  { events, clock }: { readonly events: EventBridgeClient; readonly clock: () => number },
): Channel {
  const requestsOf = (notice: Notice) => webhookRequests(notice, { ...channel, runbookUrl }, partition);
  return {
    name: "webhook",
    wants: (notice) => requestsOf(notice).length > 0,
    send: async (notice, invocation) => {
      const command = new PutEventsCommand({
        Entries: requestsOf(notice).map((request) => ({
          Source: WEBHOOK_SOURCE,
          DetailType: WEBHOOK_DETAIL_TYPE,
          Detail: JSON.stringify(request),
        })),
      });
      const { Entries = [] } = await Deadline.ofInvocation(clock, invocation)
        .run((options) => events.send(command, options))
        .catch((error: unknown) => {
          throw new WebhookError(`The bus took nothing: ${errorText(error)}`, { cause: error });
        });
      const failed = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (failed !== undefined) {
        // The retry sends to all of them again: better twice than not at all.
        throw new WebhookError(`The bus refused an event: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
      }
    },
  };
}

/** What each webhook is sent about a notice. */
export function webhookRequests(
  notice: Notice,
  { webhooks, runbookUrl }: Pick<WebhookChannelSettings, "webhooks"> & Pick<Settings, "runbookUrl">,
  partition: string,
): WebhookRequest[] {
  const brief = briefOf(notice, partition);
  const link = runbookLink(brief.section, runbookUrl);
  return webhooks
    .filter(({ minimumSeverity }) => isPassedOn(notice, brief, minimumSeverity))
    .flatMap((webhook) => {
      const body = webhookBody(webhook, brief, link);
      return body === undefined ? [] : [{ webhook: webhook.name, body }];
    });
}
