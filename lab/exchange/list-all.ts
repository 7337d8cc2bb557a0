import { collectPages } from "../../functions/shared/collect-pages";
import type { AwsCall } from "./build-request";
import type { MotoClient } from "./moto-client";

/** All items of a paginated listing. `itemsField` names the list in a page, such as `Users`. */
export function listAll<Item>(
  moto: MotoClient,
  accountId: string,
  call: AwsCall,
  itemsField: string,
): Promise<Item[]> {
  return collectPages(pagesOf(moto, accountId, call), (page) => {
    const items = page[itemsField];
    // An empty list of the query protocol is read as an empty text.
    return Array.isArray(items) ? (items as Item[]) : [];
  });
}

async function* pagesOf(
  moto: MotoClient,
  accountId: string,
  call: AwsCall,
): AsyncGenerator<Record<string, unknown>> {
  const tokenField = call.service === "iam" ? "Marker" : "NextToken";
  let token: unknown;
  do {
    const params = token === undefined ? call.params : { ...call.params, [tokenField]: token };
    const page = await moto(accountId, { ...call, params });
    yield page;
    token = page[tokenField];
  } while (typeof token === "string" && token !== "");
}
