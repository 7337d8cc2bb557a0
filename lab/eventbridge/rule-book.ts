import { readArn } from "../exchange/arn";
import { busArn, type BusAddress } from "../exchange/bus-event";
import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";
import type { TargetInput } from "./input-transformer";
import { compilePattern, type EventTest } from "./pattern";

/** A target of a rule, as PutTargets stored it. */
export interface RuleTarget extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
}

/** An enabled rule of a bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  /** Never for a rule that has a schedule alone. */
  readonly matches: EventTest;
  readonly schedule?: string;
  readonly targets: readonly RuleTarget[];
  /** Name of the archive, when EventBridge created the rule for one. */
  readonly archive?: string;
}

interface StoredRule {
  readonly Name: string;
  readonly Arn: string;
  readonly EventPattern?: string | null;
  readonly ScheduleExpression?: string | null;
  readonly State: string;
  readonly ManagedBy?: string;
}

const ARCHIVE_RULE = "Events-Archive-";

/**
 * The enabled rules of each bus, read from moto and cached until a rule may have changed.
 */
export class RuleBook {
  private readonly moto: MotoClient;
  private readonly rules = new PromiseCache<Rule[]>();

  constructor(moto: MotoClient) {
    this.moto = moto;
  }

  /** @throws PatternError for a rule with a pattern that the lab does not support. */
  rulesOf(bus: BusAddress): Promise<readonly Rule[]> {
    const key = busArn(bus);
    return this.rules.getOrRead(key, () => this.read(bus));
  }

  /**
   * Forgets the buses of an account and Region when a request may have changed a rule, a target, an archive
   * or a bus there.
   */
  readonly observe: Observer = ({ request, accountId }) => {
    if (request.service !== "events" || /^(Get|List|Describe|Test|PutEvents)/.test(request.action)) {
      return;
    }
    for (const bus of this.rules.keys()) {
      const { accountId: owner, region } = readArn(bus);
      if (owner === accountId && region === request.region) {
        this.rules.delete(bus);
      }
    }
  };

  private async read(bus: BusAddress): Promise<Rule[]> {
    const stored = await this.list<StoredRule>(bus, "ListRules", "Rules", {});
    const enabled = stored.filter((rule) => rule.State !== "DISABLED");
    const rules = await Promise.all(enabled.map((rule) => this.readRule(bus, rule)));
    return rules.filter((rule) => rule !== undefined);
  }

  /** Undefined when the rule was deleted since it was listed. */
  private async readRule(bus: BusAddress, rule: StoredRule): Promise<Rule | undefined> {
    const listing = this.list<RuleTarget>(bus, "ListTargetsByRule", "Targets", { Rule: rule.Name });
    const targets = await listing.catch((error: unknown) => {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") {
        return undefined;
      }
      throw error;
    });
    if (targets === undefined) {
      return undefined;
    }
    const feedsArchive = rule.ManagedBy !== undefined && rule.Name.startsWith(ARCHIVE_RULE);
    return {
      name: rule.Name,
      arn: rule.Arn,
      matches: rule.EventPattern ? compilePattern(JSON.parse(rule.EventPattern)) : () => false,
      ...(rule.ScheduleExpression ? { schedule: rule.ScheduleExpression } : {}),
      targets: feedsArchive ? [] : targets,
      ...(feedsArchive ? { archive: rule.Name.slice(ARCHIVE_RULE.length) } : {}),
    };
  }

  private list<Item>(
    { accountId, region, name }: BusAddress,
    action: string,
    itemsField: string,
    params: Record<string, unknown>,
  ): Promise<Item[]> {
    const call = { service: "events", region, action, params: { ...params, EventBusName: name } };
    return listAll<Item>(this.moto, accountId, call, itemsField);
  }
}
