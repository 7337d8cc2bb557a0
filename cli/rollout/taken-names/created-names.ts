import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { parseJson } from "../../parse-json";
import type { ResourceChange } from "../../terraform/messages";

/** A planned resource that would take over an existing resource with the same name. */
export interface CreatedName {
  readonly kind: "topic" | "rule";
  /** Terraform address. */
  readonly address: string;
  readonly name: string;
  /** Bus of a rule. @default - the default bus */
  readonly bus?: string;
}

/**
 * Resources whose creation succeeds if the name exists: AWS changes the existing resource. Sources: SNS API
 * reference, "CreateTopic"; EventBridge API reference, "PutRule". Alarms and policies of CloudWatch Logs are
 * overwritten too, but nobody depends on them.
 */
const KINDS: Readonly<Record<string, CreatedName["kind"]>> = {
  aws_sns_topic: "topic",
  aws_cloudwatch_event_rule: "rule",
};

const resourceSchema = z.object({ name: z.string(), event_bus_name: z.string().optional() });
const stackSchema = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
type Resources = z.infer<typeof stackSchema>["resource"];

/**
 * The topics and rules that a plan creates: those that are not in the account's state. Their names are read
 * from the synthesized stack, since the plan shows only addresses unless Terraform is started once more.
 *
 * @param folder Folder of the synthesized stack.
 */
export function createdNames(folder: string, changes: readonly ResourceChange[]): CreatedName[] {
  const created = changes.filter(({ action }) => action === "create").map(({ address }) => address);
  // Terraform plans concurrently: the same plan has its changes in another order each time.
  const addresses = created.filter((address) => kindOf(address) !== undefined).sort();
  if (addresses.length === 0) {
    return [];
  }
  const file = path.join(folder, "cdk.tf.json");
  const resources = parseJson(stackSchema, readFileSync(file, "utf8"))?.resource ?? {};
  return addresses.map((address) => {
    const kind = kindOf(address);
    const { success, data } = resourceSchema.safeParse(find(resources, address));
    if (kind === undefined || !success) {
      throw new Error(`${file}: expected ${address} with a name`);
    }
    const bus = data.event_bus_name && resolve(resources, data.event_bus_name);
    return { kind, address, name: data.name, ...(bus && { bus }) };
  });
}

function kindOf(address: string): CreatedName["kind"] | undefined {
  return KINDS[address.split(".", 1)[0] ?? ""];
}

function find(resources: Resources, address: string): unknown {
  const [type = "", id = ""] = address.split(".");
  return resources[type]?.[id];
}

/** A text, or the name of the resource that it refers to: `${TYPE.ID.name}`. */
function resolve(resources: Resources, text: string): string {
  const address = /^\$\{(\w+\.[\w-]+)\.name\}$/.exec(text)?.[1];
  if (address === undefined) {
    return text;
  }
  return resourceSchema.parse(find(resources, address)).name;
}
