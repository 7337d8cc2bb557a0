import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { isObject, stringAt, type JsonObject } from "../../functions/shared/json";
import { messageOf } from "../../functions/shared/message-of";
import { UsageError } from "../errors";

/**
 * The records in a file: of a trail (`.json`, `.json.gz`), of `aws cloudtrail lookup-events`, a list of
 * records, or one record or event of EventBridge alone.
 *
 * @throws UsageError for a file that cannot be read or has another form.
 */
export function readRecordFile(file: string, cwd: string): JsonObject[] {
  const value = parse(file, cwd);
  const list = Array.isArray(value) ? (value as unknown[]) : isObject(value) ? listIn(value) : [value];
  return list.map((record, index) => {
    if (!isObject(record) || !("detail" in record || "eventName" in record || "requestPayload" in record)) {
      throw new UsageError(
        `${file}: expected CloudTrail records, as a trail or lookup-events writes them; found ${kindOf(record)} as record ${index}`,
      );
    }
    return record;
  });
}

function listIn(value: JsonObject): unknown[] {
  const { Records: records, Events: events } = value;
  if (Array.isArray(records)) {
    return records;
  }
  if (Array.isArray(events)) {
    return (events as unknown[]).map((event) => {
      const text = isObject(event) ? stringAt(event, "CloudTrailEvent") : undefined;
      return text === undefined ? event : parseJson(text);
    });
  }
  return [value];
}

function parse(file: string, cwd: string): unknown {
  try {
    const bytes = readFileSync(path.resolve(cwd, file));
    // By its first bytes: a download may have lost the name's end.
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return JSON.parse((isZipped ? gunzipSync(bytes) : bytes).toString("utf8")) as unknown;
  } catch (cause) {
    throw new UsageError(`${file}: expected JSON of CloudTrail, plain or gzip; ${messageOf(cause)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function kindOf(value: unknown): string {
  return isObject(value) ? "an object without eventName" : value === null ? "null" : `a ${typeof value}`;
}
