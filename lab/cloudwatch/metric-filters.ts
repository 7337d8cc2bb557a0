import type { Home } from "../exchange/arn";
import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";
import { compileFilterPattern, FilterPatternError, selectValue, type MessageTest } from "./filter-pattern";
import type { RecordMetric } from "./metrics";

const MAX_PATTERN = 1_024;
const MAX_DIMENSIONS = 3;

interface Transformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number, or a selector of one. */
  readonly metricValue: string;
  readonly defaultValue?: number;
  readonly dimensions?: Readonly<Record<string, string>>;
}

interface StoredFilter {
  readonly filterName: string;
  readonly filterPattern?: string;
  readonly metricTransformations: readonly Transformation[];
}

interface Filter {
  readonly matches: MessageTest;
  readonly transformations: readonly Transformation[];
}

/** Metric filters of log groups: CloudWatch Logs guide, "Creating metrics from log events using filters". */
export class MetricFilters {
  private readonly filters = new PromiseCache<Filter[]>();

  constructor(
    private readonly moto: MotoClient,
    private readonly record: RecordMetric,
  ) {}

  /** Refuses a pattern when the filter is written, not when the first line comes. */
  readonly check: Guard = ({ request }) => {
    if (request.service !== "logs" || request.action !== "PutMetricFilter") {
      return;
    }
    const { filterPattern = "", metricTransformations = [] } = request.params as Partial<StoredFilter>;
    const problem = limitProblem(filterPattern, metricTransformations);
    if (problem !== undefined) {
      throw new AwsError("InvalidParameterException", problem);
    }
    try {
      compileFilterPattern(filterPattern);
    } catch (error) {
      if (error instanceof FilterPatternError) {
        throw new AwsError("InvalidParameterException", error.message);
      }
      throw error;
    }
  };

  /** Counts what is written to a log group from now on: a filter does not look back. */
  readonly observe: Observer = async ({ request, accountId }, response) => {
    if (request.service !== "logs" || response.status >= 300) {
      return;
    }
    if (/MetricFilter$|^DeleteLogGroup$/.test(request.action)) {
      this.filters.clear();
    }
    if (request.action !== "PutLogEvents") {
      return;
    }
    const home = { accountId, region: request.region };
    const { logGroupName, logEvents } = request.params as {
      logGroupName: string;
      logEvents: readonly { readonly message: string }[];
    };
    for (const filter of await this.of(home, logGroupName)) {
      for (const transformation of filter.transformations) {
        this.count(home, filter, transformation, logEvents);
      }
    }
  };

  private count(
    home: Home,
    { matches }: Filter,
    transformation: Transformation,
    lines: readonly { readonly message: string }[],
  ): void {
    const { metricName: name, metricNamespace: namespace, metricValue, defaultValue } = transformation;
    const matching = lines.filter(({ message }) => matches(message));
    for (const { message } of matching) {
      const value = Number(metricValue.startsWith("$") ? selectValue(metricValue, message) : metricValue);
      if (!Number.isNaN(value)) {
        this.record({ home, namespace, name, dimensions: dimensionsOf(transformation, message) }, value);
      }
    }
    if (defaultValue !== undefined && matching.length === 0) {
      this.record({ home, namespace, name, dimensions: {} }, defaultValue);
    }
  }

  private of({ accountId, region }: Home, logGroupName: string): Promise<Filter[]> {
    const call = { service: "logs", region, action: "DescribeMetricFilters", params: { logGroupName } };
    return this.filters.getOrRead(`${accountId}/${region}/${logGroupName}`, async () => {
      const stored = await listAll<StoredFilter>(this.moto, accountId, call, "metricFilters");
      // moto keeps the filters that a put replaces: the last one of a name is in force.
      const latest = new Map(stored.map((filter) => [filter.filterName, filter]));
      return [...latest.values()].map(({ filterPattern = "", metricTransformations }) => ({
        matches: compileFilterPattern(filterPattern),
        transformations: metricTransformations,
      }));
    });
  }
}

/**
 * Lengths and numbers are those of CloudWatch Logs' API reference (PutMetricFilter, MetricTransformation),
 * and so is that dimensions and a default value exclude each other. Inferred: the wording.
 */
function limitProblem(pattern: string, transformations: readonly Transformation[]): string | undefined {
  if (pattern.length > MAX_PATTERN) {
    return `1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to ${MAX_PATTERN}`;
  }
  for (const { dimensions = {}, defaultValue } of transformations) {
    const count = Object.keys(dimensions).length;
    if (count > MAX_DIMENSIONS) {
      return `A metric transformation has at most ${MAX_DIMENSIONS} dimensions`;
    }
    if (count > 0 && defaultValue !== undefined) {
      return "Invalid metric transformation: dimensions and default value are mutually exclusive properties.";
    }
  }
  return undefined;
}

function dimensionsOf({ dimensions = {} }: Transformation, message: string): Record<string, string> {
  const entries = Object.entries(dimensions).map(([name, selector]) => [
    name,
    selectValue(selector, message),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
