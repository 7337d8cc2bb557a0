/** An account of the emulated organization. */
export interface LabAccount {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** Path of its organizational unit, such as `/Workloads/Prod`. @default - the root */
  readonly unit?: string;
}

/** The accounts of `npm run lab`. The ids are from AWS's documentation: no real account has them. */
export const LAB_ORGANIZATION = {
  organizationId: "o-lab0000001",
  managementAccount: { id: "123456789012", name: "management" },
  securityAccount: { id: "111122223333", name: "security" },
  memberAccounts: [
    { id: "444455556666", name: "payments" },
    { id: "777788889999", name: "research" },
  ],
} as const satisfies {
  organizationId: string;
  managementAccount: LabAccount;
  securityAccount: LabAccount;
  memberAccounts: readonly LabAccount[];
};

/** IAM user of each account whose access key the lab prints. */
export const ADMINISTRATOR_USER = "lab-administrator";

/** Role that the management account assumes in each other account, as AWS Organizations creates it. */
export const ACCESS_ROLE = "OrganizationAccountAccessRole";

export const ADMINISTRATOR_POLICY_ARN = "arn:aws:iam::aws:policy/AdministratorAccess";
