import type { Account, OrganizationsClient } from "@aws-sdk/client-organizations";
import { collectPages } from "../../functions/shared/collect-pages";
import { CommandError } from "../errors";
import type { OrganizationAccount, OrganizationsApi } from "./organization";

/** AWS Organizations through its SDK. */
export async function awsOrganizations(client: OrganizationsClient): Promise<OrganizationsApi> {
  const sdk = await import("@aws-sdk/client-organizations");
  return {
    async describe() {
      const { Organization } = await client.send(new sdk.DescribeOrganizationCommand({}));
      return {
        id: present(Organization?.Id, "DescribeOrganization", "Id"),
        managementAccountId: present(
          Organization?.MasterAccountId,
          "DescribeOrganization",
          "MasterAccountId",
        ),
      };
    },

    async rootId() {
      const pages = sdk.paginateListRoots({ client }, {});
      const roots = await collectPages(pages, (page) => page.Roots);
      return present(roots[0]?.Id, "ListRoots", "Id");
    },

    async unitsIn(parentId) {
      const pages = sdk.paginateListOrganizationalUnitsForParent({ client }, { ParentId: parentId });
      const units = await collectPages(pages, (page) => page.OrganizationalUnits);
      return units.map(({ Id, Name }) => ({
        id: present(Id, "ListOrganizationalUnitsForParent", "Id"),
        name: present(Name, "ListOrganizationalUnitsForParent", "Name"),
      }));
    },

    async accountsIn(parentId) {
      const pages = sdk.paginateListAccountsForParent({ client }, { ParentId: parentId });
      const accounts = await collectPages(pages, (page) => page.Accounts);
      return accounts.map((account) => accountFrom(account, "ListAccountsForParent"));
    },

    async account(id) {
      try {
        const answer = await client.send(new sdk.DescribeAccountCommand({ AccountId: id }));
        return answer.Account && accountFrom(answer.Account, "DescribeAccount");
      } catch (error) {
        if (error instanceof Error && error.name === "AccountNotFoundException") {
          return undefined;
        }
        throw error;
      }
    },
  };
}

/**
 * `State` replaced `Status`, which AWS retires on 2026-09-09 (API reference, "Account"); older emulators know
 * only that.
 */
function accountFrom({ Id, Name, State, Status }: Account, operation: string): OrganizationAccount {
  return {
    id: present(Id, operation, "Id"),
    name: Name ?? "",
    state: present(State ?? Status, operation, "State"),
  };
}

function present<Value>(value: Value | undefined, operation: string, key: string): Value {
  if (value === undefined) {
    throw new CommandError(`AWS Organizations answered ${operation} without ${key}`);
  }
  return value;
}
