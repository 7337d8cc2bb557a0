import type { Mode } from "../../../functions/contract";
import type { Lab } from "../../../lab/lab";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import { NAMES } from "../../../stacks/names";
import { labApi } from "../../support/lab/api";

/** A target account as `rollout.yaml` has it. */
export interface TargetAccount {
  readonly id: string;
  readonly name: string;
  readonly wave: string;
  /** @default - enforce */
  readonly mode?: Mode;
}

export const SECURITY = LAB_ORGANIZATION.securityAccount;
export const PAYMENTS: TargetAccount = { id: "444455556666", name: "payments", wave: "canary" };
export const RESEARCH: TargetAccount = { id: "777788889999", name: "research", wave: "canary" };
export const ORDERS: TargetAccount = { id: "222233334444", name: "orders", wave: "production" };
export const ACCOUNTS = [PAYMENTS, RESEARCH, ORDERS];

/** Days that an account really keeps the responder's logs; undefined when there is no log group. */
export async function retentionOf(lab: Lab, { id }: TargetAccount): Promise<number | undefined> {
  const { logGroups } = (await administrator(lab, id)("logs", "DescribeLogGroups", {})) as {
    logGroups: { logGroupName: string; retentionInDays: number }[];
  };
  return logGroups.find(({ logGroupName }) => logGroupName.endsWith(`/${NAMES.responder}`))?.retentionInDays;
}

/** Lets Terraform assume the role of an account, or only the account itself. */
export async function setAssumable(lab: Lab, { id }: TargetAccount, assumable: boolean): Promise<void> {
  const trusted = assumable ? LAB_ORGANIZATION.managementAccount.id : id;
  const Principal = { AWS: `arn:aws:iam::${trusted}:root` };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await administrator(lab, id)("iam", "UpdateAssumeRolePolicy", { RoleName: ACCESS_ROLE, PolicyDocument });
}

function administrator(lab: Lab, id: string) {
  return labApi(lab.endpoint, lab.credentials(id).accessKeyId);
}
