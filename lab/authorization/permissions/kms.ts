import {
  onArn,
  regionalArn,
  textOf,
  type PermissionInput,
  type Permission,
  type ResourceNames,
} from "./permission";

/** Where a key has another name than `KeyId`. */
const KEY_PARAMETERS: Readonly<Record<string, string>> = {
  ReEncryptFrom: "SourceKeyId",
  ReEncryptTo: "DestinationKeyId",
};

/** Permissions of KMS requests. An action on an alias needs the permission on the alias and on its key. */
export async function kmsPermissions(
  input: PermissionInput,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const { action } = input.request;
  const name = `kms:${action}`;
  if (/Alias$/.test(action)) {
    const alias = textOf(input, "AliasName");
    const key = await names.key(action === "DeleteAlias" ? alias : textOf(input, "TargetKeyId"), input.home);
    return [onArn(input, name, regionalArn(input, "kms", alias)), onArn(input, name, key)];
  }
  const parameter = KEY_PARAMETERS[action] ?? "KeyId";
  return [onArn(input, name, await names.key(textOf(input, parameter), input.home))];
}
