import { isObject, type JsonObject } from "../../functions/shared/json";

/** A message attribute as Publish takes it. */
interface MessageAttribute {
  readonly Name?: string;
  readonly Value?: { readonly DataType?: string; readonly StringValue?: string };
}

/**
 * Whether a subscription's filter policy accepts a message by its attributes: each key has to accept, by one
 * of its conditions at least. An operator that is not emulated is an error, so that no test passes by it.
 *
 * Sources: SNS guide, "Amazon SNS subscription filter policies", "String value matching" and "Key matching".
 * Those of the scope `MessageBody` are not emulated.
 */
export function acceptsMessage(filterPolicy: JsonObject, attributes: unknown): boolean {
  const values = valuesOf(attributes);
  return Object.entries(filterPolicy).every(([key, conditions]) =>
    (Array.isArray(conditions) ? conditions : [conditions]).some((each) =>
      accepts(each, values.get(key) ?? []),
    ),
  );
}

/** The values of each attribute: an array has several. */
function valuesOf(attributes: unknown): Map<string, readonly unknown[]> {
  const list = Array.isArray(attributes) ? (attributes as readonly MessageAttribute[]) : [];
  return new Map(
    list.map(({ Name = "", Value = {} }) => {
      const { DataType = "String", StringValue = "" } = Value;
      if (DataType === "String.Array") {
        return [Name, JSON.parse(StringValue) as unknown[]];
      }
      return [Name, [DataType.startsWith("Number") ? Number(StringValue) : StringValue]];
    }),
  );
}

function accepts(condition: unknown, values: readonly unknown[]): boolean {
  if (!isObject(condition)) {
    return values.includes(condition);
  }
  const [operator, operand] = Object.entries(condition)[0] ?? ["nothing", undefined];
  const texts = values.filter((value) => typeof value === "string");
  switch (operator) {
    case "exists":
      return operand === values.length > 0;
    case "prefix":
      return texts.some((text) => text.startsWith(String(operand)));
    case "suffix":
      return texts.some((text) => text.endsWith(String(operand)));
    case "equals-ignore-case":
      return texts.some((text) => text.toLowerCase() === String(operand).toLowerCase());
    case "anything-but":
      // Of an attribute with several values, one that is not named is enough.
      return values.some((value) => ![operand].flat().includes(value));
    default:
      throw new Error(`SNS filter policy: the lab does not know the operator ${operator}`);
  }
}
