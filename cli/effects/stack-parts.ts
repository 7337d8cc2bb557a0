import { isObject, objectAt, stringAt, type JsonObject } from "../../functions/shared/json";

/** A resource of a stack, as a state or a plan has it. */
export interface StackResource {
  /** Terraform's type, such as `aws_lambda_function`. */
  readonly type: string;
  /** Its attributes. Values that only an apply will know are left out. */
  readonly values: JsonObject;
}

/** The resources that a stack has, or will have after an apply. */
export class StackParts {
  constructor(private readonly resources: readonly StackResource[]) {}

  /** Attributes of every resource of a type. */
  ofType(type: string): JsonObject[] {
    return this.resources.filter((each) => each.type === type).map(({ values }) => values);
  }

  /** Attributes of the resource of a type that has a name; undefined when there is none. */
  named(type: string, attribute: string, name: string): JsonObject | undefined {
    return this.ofType(type).find((values) => values[attribute] === name);
  }

  function(name: string): JsonObject | undefined {
    return this.named("aws_lambda_function", "function_name", name);
  }

  /** A variable in the environment of a function; undefined if it is absent or not known yet. */
  variable(functionName: string, variable: string): string | undefined {
    // In states and plans, a block is a list with one item.
    const environment: unknown = [this.function(functionName)?.["environment"]].flat()[0];
    return isObject(environment) ? stringAt(objectAt(environment, "variables"), variable) : undefined;
  }
}
