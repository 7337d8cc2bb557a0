import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { Operator } from "./operator";

interface Account {
  readonly id: string;
}

/** What a state has of its resources here. */
export interface State {
  readonly resources: readonly { readonly mode: string; readonly type: string }[];
}

export function stateOf(operator: Operator, { id }: Account): State {
  return JSON.parse(operator.read("state", `${id}.tfstate`)) as State;
}

/** Types of the resources in a state, each once. */
export function typesOf({ resources }: State): string[] {
  return [...new Set(resources.filter(({ mode }) => mode === "managed").map(({ type }) => type))].sort();
}

/** Names of the queues in an account. */
export async function queuesOf(operator: Operator, { id }: Account): Promise<string[]> {
  const { QueueUrls = [] } = await operator.client.sqs(id).send(new ListQueuesCommand({}));
  return QueueUrls.map((url) => url.split("/").at(-1) ?? "");
}
