import type { AwsCall } from "./build-request";
import type { MotoClient } from "./moto-client";

const TOKENS: Readonly<Record<string, { readonly given: string; readonly taken: string }>> = {
  iam: { given: "Marker", taken: "Marker" },
};
const DEFAULT_TOKEN = { given: "NextToken", taken: "NextToken" };

/** All items of a listing, page by page. */
export async function listAll<Item>(
  moto: MotoClient,
  accountId: string,
  call: AwsCall,
  result: string,
): Promise<Item[]> {
  const { given, taken } = TOKENS[call.service] ?? DEFAULT_TOKEN;
  const items: Item[] = [];
  let token: unknown;
  do {
    const params = token === undefined ? call.params : { ...call.params, [taken]: token };
    const page = await moto(accountId, { ...call, params });
    const found = page[result];
    if (Array.isArray(found)) {
      items.push(...(found as Item[]));
    }
    token = page[given];
  } while (typeof token === "string" && token !== "");
  return items;
}
