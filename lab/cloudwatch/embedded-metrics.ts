import { isObject, objectAt, stringAt, type JsonObject } from "../../functions/shared/json";
import type { Observer } from "../exchange/pipeline";
import type { RecordMetric } from "./metrics";

/**
 * Metrics that log lines carry themselves: CloudWatch guide, "Embedded metric format specification". A line
 * that does not keep to it makes no metric, and no error.
 */
export function embeddedMetrics(record: RecordMetric): Observer {
  return ({ request, accountId }, response) => {
    if (request.service !== "logs" || request.action !== "PutLogEvents" || response.status >= 300) {
      return;
    }
    const home = { accountId, region: request.region };
    const lines = request.params["logEvents"] as readonly { readonly message: string }[];
    for (const line of lines.map(({ message }) => parsed(message))) {
      const metadata = objectAt(line, "_aws");
      const at = new Date(Number(metadata["Timestamp"]));
      if (Number.isNaN(at.getTime())) {
        continue;
      }
      for (const directive of objectsIn(metadata["CloudWatchMetrics"])) {
        const namespace = stringAt(directive, "Namespace") ?? "";
        for (const dimensions of dimensionSetsOf(directive, line)) {
          for (const { Name } of objectsIn(directive["Metrics"])) {
            const name = String(Name);
            numbersIn(line[name]).forEach((value) =>
              record({ home, namespace, name, dimensions }, value, at),
            );
          }
        }
      }
    }
  };
}

function parsed(message: string): JsonObject {
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((each): each is JsonObject => isObject(each)) : [];
}

/** One value, or an array of at most 100. */
function numbersIn(value: unknown): number[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.length > 100 ? [] : values.filter((each) => typeof each === "number");
}

function dimensionSetsOf({ Dimensions }: JsonObject, line: JsonObject): Record<string, string>[] {
  const sets = Array.isArray(Dimensions) ? (Dimensions as readonly (readonly string[])[]) : [];
  return sets.map((names) => Object.fromEntries(names.map((name) => [name, String(line[name])])));
}
