import type { AccessKeys } from "../exchange/access-keys";
import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readOutput } from "../exchange/read-response";

interface User {
  readonly Arn: string;
  readonly UserId: string;
  readonly UserName: string;
}

/**
 * Updates {@link AccessKeys} after IAM calls that create, change or delete keys, or rename or delete users.
 */
export function learnAccessKeys(keys: AccessKeys, moto: MotoClient): Observer {
  return async (exchange, response) => {
    const { request, accountId } = exchange;
    if (request.service !== "iam" || response.status >= 300) {
      return;
    }
    const { params } = request;
    switch (request.action) {
      case "CreateAccessKey": {
        const { AccessKey } = readOutput(request, response) as {
          AccessKey: { UserName: string; AccessKeyId: string };
        };
        const user = await getUser(moto, accountId, AccessKey.UserName);
        keys.create({
          type: "IAMUser",
          accountId,
          arn: user.Arn,
          principalId: user.UserId,
          userName: user.UserName,
          accessKeyId: AccessKey.AccessKeyId,
        });
        return;
      }
      case "UpdateAccessKey":
        keys.setActive(String(params["AccessKeyId"]), params["Status"] === "Active");
        return;
      case "DeleteAccessKey":
        keys.delete(String(params["AccessKeyId"]));
        return;
      case "DeleteUser":
        keys.deleteUser(accountId, userNameOf(exchange));
        return;
      case "UpdateUser": {
        const user = await getUser(moto, accountId, String(params["NewUserName"] ?? params["UserName"]));
        keys.renameUser(accountId, String(params["UserName"]), { userName: user.UserName, arn: user.Arn });
        return;
      }
      default:
        return;
    }
  };
}

function userNameOf({ request, principal }: Exchange): string {
  const named = request.params["UserName"];
  if (typeof named === "string") {
    return named;
  }
  return principal.type === "IAMUser" ? principal.userName : "";
}

async function getUser(moto: MotoClient, accountId: string, userName: string): Promise<User> {
  const call = { service: "iam", region: "us-east-1", action: "GetUser", params: { UserName: userName } };
  return (await moto(accountId, call))["User"] as User;
}
