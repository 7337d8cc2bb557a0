import { UsedPermissions } from "../../../lab/authorization/used-permissions";
import { ACCOUNT, ROLE, USER } from "../../support/lab/exchange";

const permission = { action: "iam:GetRole", resourceArn: "arn:aws:iam::1:role/r", accountId: ACCOUNT };

test("used permissions are kept by who used them, sessions under their role, and once each", () => {
  const used = new UsedPermissions();

  used.add(ROLE, permission);
  used.add({ ...ROLE, sessionName: "other" }, permission);
  used.add(USER, { ...permission, action: "iam:ListUsers", resourceArn: "*" });
  used.add(
    { type: "AWSService", accountId: ACCOUNT, service: "sns.amazonaws.com", sourceArn: "arn:x" },
    permission,
  );

  expect(used.of(ROLE.roleArn)).toEqual([{ action: "iam:GetRole", resource: "arn:aws:iam::1:role/r" }]);
  expect(used.of(USER.arn)).toEqual([{ action: "iam:ListUsers", resource: "*" }]);
  expect(used.of("arn:aws:iam::1:role/nobody")).toEqual([]);
});
