import { z } from "zod";
import { parseJson } from "../parse-json";
import { ABSENT, attributeDifferences } from "./attribute-differences";
import type { Difference } from "./review";

const attributes = z.record(z.string(), z.unknown());

/**
 * The part of `terraform show -json PLAN` that is used here, of a plan that only refreshes:
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
const planSchema = z.object({
  resource_drift: z
    .array(
      z.object({
        address: z.string(),
        type: z.string(),
        change: z.object({
          /** The state. */
          before: attributes,
          /** AWS; null for a resource that is gone. */
          after: attributes.nullable(),
          before_sensitive: z.unknown(),
          after_sensitive: z.unknown(),
        }),
      }),
    )
    .default([]),
  /** The state with what AWS has now. */
  prior_state: z.object({
    values: z.object({
      root_module: z
        .object({ resources: z.array(z.object({ type: z.string(), values: attributes })).default([]) })
        .default({ resources: [] }),
    }),
  }),
});

type Plan = z.output<typeof planSchema>;
type ResourceDrift = Plan["resource_drift"][number];
type Values = z.output<typeof attributes>;

/**
 * Attributes that change without anybody changing a resource, or that repeat another attribute. Seen in plans
 * of the deployed stacks, unless it says otherwise.
 */
const BOOKKEEPING: Readonly<Record<string, readonly string[]>> = {
  // How many users are quarantined.
  aws_iam_policy: ["attachment_count"],
  // `state` in an older form.
  aws_cloudwatch_event_rule: ["is_enabled"],
  // What runs is `$LATEST`: its code is `code_sha256`, and each setting has an attribute. The time changes
  // with all of them, and the number when somebody publishes a version, which nothing invokes (Lambda API
  // reference, FunctionConfiguration; the lab changes neither).
  aws_lambda_function: [
    "last_modified",
    "version",
    "qualified_arn",
    "qualified_invoke_arn",
    "source_code_size",
  ],
  // Its receiver confirms it after the rollout (provider's documentation of aws_sns_topic_subscription). That
  // it is not confirmed, the sweep says.
  aws_sns_topic_subscription: ["pending_confirmation", "confirmation_was_authenticated"],
};

/** An attribute that is the content of other resources, each of which has a drift of its own. */
interface ContentOfOthers {
  readonly attribute: string;
  /** Type of the other resource. */
  readonly type: string;
  /** Whether such a resource belongs to this one. */
  readonly isOf: (other: Values, own: Values) => boolean;
  /** By what it is found among the elements of a list; undefined for an attribute that is all of it. */
  readonly nameIn?: (other: Values) => unknown;
}

/**
 * They are empty, or what AWS makes by itself, in a state that was written before the other resource was
 * created: Terraform refreshes a resource before an apply, not after.
 */
const CONTENT_OF_OTHERS: Readonly<Record<string, ContentOfOthers>> = {
  aws_iam_role: {
    attribute: "inline_policy",
    type: "aws_iam_role_policy",
    isOf: (policy, role) => policy["role"] === role["name"],
    nameIn: (policy) => policy["name"],
  },
  aws_sns_topic: {
    attribute: "policy",
    type: "aws_sns_topic_policy",
    isOf: (policy, topic) => policy["arn"] === topic["arn"],
  },
  aws_sqs_queue: {
    attribute: "policy",
    type: "aws_sqs_queue_policy",
    isOf: (policy, queue) => policy["queue_url"] === queue["url"],
  },
};

/**
 * Where AWS has something else than the state.
 *
 * @param text What `terraform show -json` prints of a plan that only refreshes.
 * @returns Expected: the state. Found: AWS. Undefined for any other text.
 */
export function driftInPlan(text: string): Difference[] | undefined {
  const plan = parseJson(planSchema, text);
  return plan?.resource_drift.flatMap((drift) => differencesOf(drift, plan));
}

function differencesOf({ address, type, change }: ResourceDrift, plan: Plan): Difference[] {
  const { before, after, before_sensitive, after_sensitive } = change;
  if (after === null) {
    return [{ address, attribute: "", expected: "present", found: ABSENT }];
  }
  const compared = comparedAttributes(type, before, plan);
  return attributeDifferences(
    address,
    { value: compared(before), sensitive: before_sensitive },
    { value: compared(after), sensitive: after_sensitive },
  );
}

/** Leaves out what is no drift of the resource itself. */
function comparedAttributes(type: string, own: Values, plan: Plan): (values: Values) => Values {
  const ignored = new Set(BOOKKEEPING[type]);
  const content = CONTENT_OF_OTHERS[type];
  const others =
    content === undefined ? [] : resourcesOf(plan, content.type).filter((each) => content.isOf(each, own));
  if (content !== undefined && content.nameIn === undefined && others.length > 0) {
    ignored.add(content.attribute);
  }
  const names = new Set(content?.nameIn === undefined ? [] : others.map(content.nameIn));
  const isOwn = (element: unknown) => !names.has((element as { readonly name?: unknown } | null)?.name);
  return (values) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => !ignored.has(name))
        .map(([name, value]) => [
          name,
          name === content?.attribute && Array.isArray(value) ? value.filter(isOwn) : value,
        ]),
    );
}

/** What AWS has of a type now, and what it had by the state: the policy that is gone was ours too. */
function resourcesOf({ prior_state, resource_drift }: Plan, type: string): Values[] {
  return [
    ...prior_state.values.root_module.resources
      .filter((each) => each.type === type)
      .map(({ values }) => values),
    ...resource_drift.filter((each) => each.type === type).map(({ change }) => change.before),
  ];
}
