import type { Emulation } from "./emulation";
import type { LabRoute } from "./gateway/http-server";
import { jsonResponse } from "./gateway/responses";

/**
 * The lab's own paths, all GET and JSON:
 * `/_lab/health`, `/_lab/inbox?account=ID[&topic=ARN]`, `/_lab/events?account=ID`, `/_lab/logs?function=ARN`.
 */
export function labRoutes({ inbox, events, logs }: Emulation): LabRoute {
  return (url, method) => {
    if (method !== "GET") return undefined;
    const query = (name: string): string => url.searchParams.get(name) ?? "";
    switch (url.pathname) {
      case "/_lab/health":
        return jsonResponse({ status: "ok" });
      case "/_lab/inbox":
        return jsonResponse(inbox.messagesOf(query("account"), url.searchParams.get("topic") ?? undefined));
      case "/_lab/events":
        return jsonResponse(events.eventsOf(query("account")));
      case "/_lab/logs":
        return jsonResponse(logs.linesOf(query("function")));
      default:
        return undefined;
    }
  };
}
