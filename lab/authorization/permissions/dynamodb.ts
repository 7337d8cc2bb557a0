import type { Renaming } from "./permission";

/**
 * Operations that need the permissions of what they do (Service Authorization Reference, "Actions, resources,
 * and condition keys for Amazon DynamoDB").
 */
export const DYNAMODB_ACTIONS: Readonly<Record<string, Renaming>> = {
  BatchExecuteStatement: ({ Statements }) => partiQl(Statements),
  ExecuteStatement: ({ Statement }) => partiQl([{ Statement }]),
  ExecuteTransaction: ({ TransactStatements }) => partiQl(TransactStatements),
  TransactGetItems: "GetItem",
  TransactWriteItems: ({ TransactItems }) => actionsOf(WRITES, listOf(TransactItems).flatMap(Object.keys)),
};

const WRITES: Readonly<Record<string, string>> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

/** By the first word of a statement. */
const STATEMENTS: Readonly<Record<string, string>> = {
  DELETE: "PartiQLDelete",
  INSERT: "PartiQLInsert",
  SELECT: "PartiQLSelect",
  UPDATE: "PartiQLUpdate",
};

function partiQl(statements: unknown): readonly string[] {
  const texts = listOf(statements).map(({ Statement }) => (typeof Statement === "string" ? Statement : ""));
  return actionsOf(
    STATEMENTS,
    texts.map((text) => /^\s*(\w*)/.exec(text)?.[1]?.toUpperCase() ?? ""),
  );
}

/** What the lab cannot read needs every permission, so that it is not kinder than AWS. */
function actionsOf(actions: Readonly<Record<string, string>>, names: readonly string[]): readonly string[] {
  const found = names.map((name) => actions[name]).filter((action) => action !== undefined);
  return found.length < names.length || found.length === 0 ? Object.values(actions) : [...new Set(found)];
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item) => typeof item === "object" && item !== null) as Record<string, unknown>[];
}
