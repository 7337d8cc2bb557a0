import { onArn, regionalArn, textOf, type Asked, type Permission, type ResourceNames } from "./permission";

/** Permissions of KMS requests. What is done to an alias needs the permission on the alias and on its key. */
export async function kmsPermissions(asked: Asked, names: ResourceNames): Promise<readonly Permission[]> {
  const { action } = asked.request;
  const name = `kms:${action}`;
  if (/Alias$/.test(action)) {
    const alias = textOf(asked, "AliasName");
    const key = await names.key(action === "DeleteAlias" ? alias : textOf(asked, "TargetKeyId"), asked.home);
    return [onArn(asked, name, regionalArn(asked, "kms", alias)), onArn(asked, name, key)];
  }
  return [onArn(asked, name, await names.key(textOf(asked, "KeyId"), asked.home))];
}
