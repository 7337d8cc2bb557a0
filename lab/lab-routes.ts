import { z } from "zod";
import { IAM_REGION } from "./cloudtrail/management-events";
import type { Emulation } from "./emulation";
import { newBusEvent, postedEventsSchema } from "./eventbridge/posted-event";
import type { AwsResponse } from "./exchange/messages";
import { jsonResponse } from "./exchange/responses";
import { faultSchema } from "./faults/fault";
import type { LabRoute } from "./gateway/http-server";
import { InputError, readJsonBody } from "./gateway/read-json-body";
import { settingsSchema } from "./settings";
import { AwsError } from "./shared/errors";
import { shellLines } from "./shared/shell-lines";
import type { Confirmations } from "./sns/confirmations";
import { mailboxText, type Mailed } from "./sns/mailbox";

type RouteHandler = (url: URL, body: Buffer) => Promise<AwsResponse> | AwsResponse | undefined;

/** Environment of a process that works in an account as its administrator. */
type EnvironmentOf = (accountId: string) => Readonly<Record<string, string | undefined>>;

/** A month is as far as alarms and schedules are of use. */
const advanceSchema = z.strictObject({
  advanceMs: z
    .number()
    .int()
    .min(0)
    .max(31 * 86_400_000),
});

/**
 * The lab's own paths, JSON unless something else is said:
 * - GET `/_lab/shell?account=ID`: lines for a shell, which then has the credentials of the account's
 *   administrator
 * - GET `/_lab/mailbox[?to=ADDRESS]`: what people were mailed, as text; GET `/_lab/confirm?token=TOKEN`: the
 *   link of a confirmation; POST `/_lab/confirmations`: confirms all
 * - GET `/_lab/health`, `/_lab/inbox?account=ID[&topic=ARN]`, `/_lab/mails?account=ID`,
 *   `/_lab/webhooks?account=ID`, `/_lab/events?account=ID`, `/_lab/logs?function=ARN`,
 *   `/_lab/permissions?principal=ARN`
 * - POST `/_lab/events?account=ID`: one event or a list, put on the account's default bus as if AWS sent them
 * - GET, POST, DELETE `/_lab/faults` and DELETE `/_lab/faults/ID`
 * - GET, PUT `/_lab/settings`
 * - GET `/_lab/clock`; POST moves it forward and returns when all that fell due has happened
 */
export function labRoutes(emulation: Emulation, environment: EnvironmentOf): LabRoute {
  const handlers: Readonly<Record<string, RouteHandler>> = {
    "GET /_lab/shell": (url) => shell(emulation, url, environment),
    ...mailRoutes(emulation),
    ...readRoutes(emulation),
    ...faultRoutes(emulation),
    ...settingsRoutes(emulation),
    ...clockRoutes(emulation),
    "POST /_lab/events": (url, body) => postEvents(emulation, url, body),
  };
  return (url, method, body) => {
    const path = url.pathname.startsWith("/_lab/faults/") ? "/_lab/faults/ID" : url.pathname;
    try {
      return handlers[`${method} ${path}`]?.(url, body);
    } catch (error) {
      if (!(error instanceof InputError)) {
        throw error;
      }
      return jsonResponse({ message: error.message, field: error.field }, 400);
    }
  };
}

function readRoutes({
  inbox,
  mails,
  apiDestinations,
  events,
  logs,
  usedPermissions,
}: Emulation): Record<string, RouteHandler> {
  const query = (url: URL, name: string): string => url.searchParams.get(name) ?? "";
  return {
    "GET /_lab/health": () => jsonResponse({ status: "ok" }),
    "GET /_lab/inbox": (url) =>
      jsonResponse(inbox.messagesOf(query(url, "account"), url.searchParams.get("topic") ?? undefined)),
    "GET /_lab/mails": async (url) => jsonResponse(await mails(query(url, "account"))),
    "GET /_lab/webhooks": (url) => jsonResponse(apiDestinations.requestsOf(query(url, "account"))),
    "GET /_lab/events": (url) => jsonResponse(events.eventsOf(query(url, "account"))),
    "GET /_lab/logs": (url) => jsonResponse(logs.linesOf(query(url, "function"))),
    "GET /_lab/permissions": (url) => jsonResponse(usedPermissions.of(query(url, "principal"))),
  };
}

function mailRoutes({ accountIds, mails, confirmations, endpoint }: Emulation): Record<string, RouteHandler> {
  return {
    "GET /_lab/mailbox": async (url) => {
      const mailed = accountIds.map(async (account): Promise<Mailed> => ({
        mails: await mails(account),
        confirmations: confirmations.of(account),
      }));
      return textResponse(
        mailboxText(await Promise.all(mailed), endpoint(), url.searchParams.get("to") ?? undefined),
      );
    },
    "GET /_lab/confirm": (url) => confirm(confirmations, url.searchParams.get("token") ?? ""),
    "POST /_lab/confirmations": async () => {
      await confirmations.confirmAll();
      return jsonResponse({});
    },
  };
}

async function confirm(confirmations: Confirmations, token: string): Promise<AwsResponse> {
  try {
    const arn = await confirmations.confirm(token);
    return textResponse(arn === undefined ? "No mail has this token.\n" : `Subscription confirmed: ${arn}\n`);
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    return textResponse(`${error.code}: ${error.message}\n`);
  }
}

function shell({ accountIds }: Emulation, url: URL, environment: EnvironmentOf): AwsResponse {
  return textResponse(`${shellLines(environment(knownAccount(accountIds, url))).join("\n")}\n`);
}

function textResponse(text: string): AwsResponse {
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(text) };
}

/** @throws InputError for another id than that of an account of the lab. */
function knownAccount(accountIds: readonly string[], url: URL): string {
  const account = url.searchParams.get("account") ?? "";
  if (!accountIds.includes(account)) {
    throw new InputError("account", `expected one of ${accountIds.join(", ")}, got "${account}".`);
  }
  return account;
}

function faultRoutes({ faults }: Emulation): Record<string, RouteHandler> {
  return {
    "GET /_lab/faults": () => jsonResponse(faults.list()),
    "POST /_lab/faults": (_url, body) =>
      jsonResponse({ id: faults.add(readJsonBody(faultSchema, body)) }, 201),
    "DELETE /_lab/faults": () => {
      faults.clear();
      return jsonResponse([]);
    },
    "DELETE /_lab/faults/ID": (url) => {
      const id = url.pathname.split("/").at(-1) ?? "";
      return faults.remove(id) ? jsonResponse(faults.list()) : undefined;
    },
  };
}

function settingsRoutes({ settings }: Emulation): Record<string, RouteHandler> {
  return {
    "GET /_lab/settings": () => jsonResponse(settings.current),
    "PUT /_lab/settings": (_url, body) =>
      jsonResponse(settings.change(readJsonBody(settingsSchema.partial(), body))),
  };
}

function clockRoutes({ now, advance }: Emulation): Record<string, RouteHandler> {
  const time = (): AwsResponse => jsonResponse({ now: now().toISOString() });
  return {
    "GET /_lab/clock": time,
    "POST /_lab/clock": (_url, body) => advance(readJsonBody(advanceSchema, body).advanceMs).then(time),
  };
}

function postEvents({ buses, accountIds, now }: Emulation, url: URL, body: Buffer): AwsResponse {
  const account = knownAccount(accountIds, url);
  const given = readJsonBody(postedEventsSchema, body);
  const events = given.map((event) => newBusEvent(event, account, now()));
  const bus = { accountId: account, region: IAM_REGION, name: "default" };
  for (const event of events) {
    buses.receive(bus, event);
  }
  return jsonResponse({ ids: events.map(({ id }) => id) }, 202);
}
