import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readPolicyDocument } from "../exchange/read-response";
import { PromiseCache } from "../shared/promise-cache";
import type { PolicyLevel } from "./evaluate-policies";

interface Parent {
  readonly Id: string;
  readonly Type: "ROOT" | "ORGANIZATIONAL_UNIT";
}

interface PolicySummary {
  readonly Id: string;
  readonly Arn: string;
}

/** The service control policies of each account, cached until something in the organization changes. */
export class OrganizationPolicies {
  private readonly moto: MotoClient;
  private readonly managementAccountId: string;
  private readonly levels = new PromiseCache<readonly PolicyLevel[]>();

  constructor(moto: MotoClient, managementAccountId: string) {
    this.moto = moto;
    this.managementAccountId = managementAccountId;
  }

  /**
   * The root's policies first, the account's last. Empty for the management account: SCPs do not apply to it.
   */
  levelsOver(accountId: string): Promise<readonly PolicyLevel[]> {
    if (accountId === this.managementAccountId) {
      return Promise.resolve([]);
    }
    return this.levels.getOrRead(accountId, () => this.read(accountId));
  }

  /** Clears the cache when a request may have changed the organization. */
  readonly observe: Observer = ({ request }) => {
    if (request.service === "organizations" && !/^(Describe|List)/.test(request.action)) {
      this.levels.clear();
    }
  };

  private async read(accountId: string): Promise<readonly PolicyLevel[]> {
    const chain = [accountId];
    for (let id = accountId; !id.startsWith("r-");) {
      const [parent] = await this.list<Parent>("ListParents", { ChildId: id }, "Parents");
      if (parent === undefined) {
        break;
      }
      chain.unshift(parent.Id);
      id = parent.Id;
    }
    return Promise.all(chain.map((id) => this.level(id)));
  }

  private async level(targetId: string): Promise<PolicyLevel> {
    const params = { TargetId: targetId, Filter: "SERVICE_CONTROL_POLICY" };
    const summaries = await this.list<PolicySummary>("ListPoliciesForTarget", params, "Policies");
    const policies = summaries.map(async ({ Id, Arn }) => {
      const { Policy } = (await this.call("DescribePolicy", { PolicyId: Id })) as {
        Policy: { Content: string };
      };
      return { name: Arn, policy: readPolicyDocument(Policy.Content) };
    });
    return { orgIdentifier: targetId, policies: await Promise.all(policies) };
  }

  private call(action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const call = { service: "organizations", region: "us-east-1", action, params };
    return this.moto(this.managementAccountId, call);
  }

  private list<Item>(action: string, params: Record<string, unknown>, result: string): Promise<Item[]> {
    const call = { service: "organizations", region: "us-east-1", action, params };
    return listAll<Item>(this.moto, this.managementAccountId, call, result);
  }
}
