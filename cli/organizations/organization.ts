/** An account in AWS Organizations. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** Free text, which may contain spaces and capitals, and is not unique. */
  readonly name: string;
  /** `ACTIVE`, or why it is not: `PENDING_ACTIVATION`, `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`. */
  readonly state: string;
}

/** An account with its organizational unit. */
export interface PlacedAccount extends OrganizationAccount {
  /** Names of the organizational units from the root, such as `/Workloads/Prod`; `/` is the root itself. */
  readonly ouPath: string;
}

/** An organizational unit. */
export interface OrganizationalUnit {
  readonly id: string;
  /** Free text. */
  readonly name: string;
}

/** The calls to AWS Organizations. Every list is complete: all pages are read. */
export interface OrganizationsApi {
  describe(): Promise<{ readonly id: string; readonly managementAccountId: string }>;
  rootId(): Promise<string>;
  /** Units directly below a root or a unit. */
  unitsIn(parentId: string): Promise<readonly OrganizationalUnit[]>;
  /** Accounts directly in a root or a unit. */
  accountsIn(parentId: string): Promise<readonly OrganizationAccount[]>;
  /** One account, or undefined when it is not in the organization. */
  account(id: string): Promise<OrganizationAccount | undefined>;
}
