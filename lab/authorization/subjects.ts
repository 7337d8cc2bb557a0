import type { AwsRequest } from "../exchange/messages";

/**
 * What a change of IAM changes by itself: a user, role or group with its policies; the default version of a
 * managed policy; or the tags of a resource of any service.
 */
export type Subject =
  | { readonly kind: EntityKind; readonly accountId: string; readonly name: string }
  | { readonly kind: "policy"; readonly accountId: string; readonly arn: string }
  | { readonly kind: "tags"; readonly arn: string };

export type EntityKind = "user" | "role" | "group";

const OF_ENTITY =
  /^(?:Attach|Detach|Put|Delete)(User|Role|Group)Policy$|^(?:Put|Delete)(User|Role)PermissionsBoundary$|^(?:Create|Delete)(User|Role|Group)$|^(?:Un)?[Tt]ag(User|Role)$/;

/** The subjects that an IAM request names and changes, without tags. */
export function changedSubjects({ service, action, params }: AwsRequest, accountId: string): Subject[] {
  if (service !== "iam") {
    return [];
  }
  const entity = (kind: EntityKind, parameter: string): Subject[] => [
    { kind, accountId, name: textOf(params[parameter]) },
  ];
  switch (action) {
    case "AddUserToGroup":
    case "RemoveUserFromGroup":
      return entity("user", "UserName");
    // The old name keeps what it has, for the keys that still have that name.
    case "UpdateUser":
      return typeof params["NewUserName"] === "string" ? entity("user", "NewUserName") : [];
    case "UpdateGroup":
      return typeof params["NewGroupName"] === "string" ? entity("group", "NewGroupName") : [];
    case "UpdateAssumeRolePolicy":
      return entity("role", "RoleName");
    case "CreatePolicy": {
      const arn = `arn:aws:iam::${accountId}:policy${textOf(params["Path"], "/")}${textOf(params["PolicyName"])}`;
      return [{ kind: "policy", accountId, arn }];
    }
    case "DeletePolicy":
    case "CreatePolicyVersion":
    case "SetDefaultPolicyVersion":
      return [{ kind: "policy", accountId, arn: textOf(params["PolicyArn"]) }];
    default: {
      const kind = OF_ENTITY.exec(action)?.slice(1).find(Boolean);
      return kind === undefined ? [] : entity(kind.toLowerCase() as EntityKind, `${kind}Name`);
    }
  }
}

/** The user or group that an IAM request renames. */
export function renamedSubject({ service, action, params }: AwsRequest, accountId: string): Subject[] {
  const [, title = ""] = /^Update(User|Group)$/.exec(service === "iam" ? action : "") ?? [];
  const name = textOf(params[`${title}Name`]);
  return title === "" ? [] : [{ kind: title === "User" ? "user" : "group", accountId, name }];
}

/** Services whose tags the lab reads, and the Resource Groups Tagging API, which sets those of any. */
const WITH_TAGS = new Set(["events", "iam", "kms", "lambda", "sns", "sqs", "tagging"]);

/** Whether a request can change the tags of the resources that it names. */
export function mayChangeTags({ service, action }: AwsRequest): boolean {
  return (
    WITH_TAGS.has(service) && /^(Un)?[Tt]ag|^(Create|Delete(?!Message)|UpdateUser$|PutRule$)/.test(action)
  );
}

function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}
