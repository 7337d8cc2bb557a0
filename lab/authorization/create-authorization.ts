import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import type { Propagation } from "../shared/history";
import { authorizer } from "./authorizer";
import { Identities, type RoleFinder } from "./identities";
import { OrganizationPolicies } from "./organization-policies";
import { LookedUpNames } from "./resource-names";
import { Resources } from "./resources";
import { UsedPermissions } from "./used-permissions";

/** What {@link createAuthorization} works with. */
export interface AuthorizationOptions {
  readonly moto: MotoClient;
  readonly organizationId: string;
  /** The management account first. */
  readonly accountIds: readonly string[];
  readonly propagation: Propagation;
  readonly log: (line: string) => void;
}

/** The parts of authorization that belong in the pipeline. */
export interface Authorization {
  readonly authorize: Guard;
  /** Reads the state that a request is about to change. The last guard; it refuses nothing. */
  readonly beforeChange: Guard;
  readonly observers: readonly Observer[];
  /** The role that is in force: see {@link Identities.role}. */
  readonly roleOf: RoleFinder;
  readonly used: UsedPermissions;
}

/** Authorizes requests with the policies of the emulated accounts. */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { moto, propagation, organizationId, accountIds, log } = options;
  const [managementAccountId = ""] = accountIds;
  const organizationPolicies = new OrganizationPolicies(moto, managementAccountId);
  const resources = new Resources(moto);
  const names = new LookedUpNames(moto, organizationId);
  const identities = new Identities({ moto, names, propagation });
  const organization = { organizationId, accountIds };
  const used = new UsedPermissions();
  return {
    used,
    authorize: authorizer({ identities, organization, organizationPolicies, resources, names, used, log }),
    beforeChange: identities.beforeChange,
    roleOf: (accountId, name) => identities.role(accountId, name),
    observers: [identities.observe, organizationPolicies.observe, resources.observe, names.observe],
  };
}
