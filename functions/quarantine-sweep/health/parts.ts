import type { ExpectedParts } from "../../contract";
import type { JsonObject } from "../../shared/json";

/** The result of reading a part of the account. */
export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  /** The part does not exist. */
  | { readonly kind: "missing" }
  /** AWS refused, or did not answer. `error` is one line. */
  | { readonly kind: "unreadable"; readonly error: string };

export interface FoundTarget {
  readonly arn: string;
  /** Empty without one; so is `deadLetterArn`. */
  readonly roleArn: string;
  readonly deadLetterArn: string;
  /** What it gets instead of the event, or the part of the event that it gets; empty for the event itself. */
  readonly input: string;
}

export interface FoundRule {
  readonly state: string;
  /** JSON text; empty for a schedule. */
  readonly pattern: string;
  readonly targets: readonly FoundTarget[];
}

export interface FoundFunction {
  readonly code: string;
  /** Milliseconds since the epoch: the last change of its code or its configuration. */
  readonly modifiedAt: number;
  readonly handler: string;
  readonly roleArn: string;
  /** Id of the VPC that it is in; empty without one. */
  readonly network: string;
  readonly logGroup: string;
  readonly timeout: number;
  readonly memory: number;
  readonly layers: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Undefined for the account's shared pool. */
  readonly concurrency: number | undefined;
  /** Undefined when it has none: failed events are dropped then. */
  readonly destinations: FoundDestinations | undefined;
}

export interface FoundDestinations {
  readonly retries: number | undefined;
  readonly ageSeconds: number | undefined;
  /** ARNs; empty without one. */
  readonly onSuccess: string;
  readonly onFailure: string;
}

export interface FoundSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** A trail that has, or copies, what is recorded in this Region. */
export interface FoundTrail {
  readonly name: string;
  readonly isLogging: boolean;
  /** Whether it logs the write events of IAM. Assumed when its selectors cannot be read. */
  readonly logsWrites: boolean;
}

/** Everything that a health check reads. Rules and functions are in the order in which they are expected. */
export interface FoundParts {
  readonly rules: readonly Reading<FoundRule>[];
  readonly functions: readonly Reading<FoundFunction>[];
  readonly queue: Reading<{ readonly letters: number; readonly policy: string }>;
  /** Of the topic `security-alerts`. */
  readonly alerts: Reading<readonly FoundSubscription[]>;
  /** Of the topic that starts the hold. */
  readonly hold: Reading<readonly FoundSubscription[]>;
  readonly trails: Reading<readonly FoundTrail[]>;
  /** Whether the default version of the quarantine policy denies everything. */
  readonly policyDenies: Reading<boolean>;
  /** Alerts of the last hour that were left to another delivery of the same event. */
  readonly withheld: Reading<number>;
}

/** Reads the expected parts from the input of the rule that starts the sweep; undefined without them. */
export function readExpectedParts(event: unknown): ExpectedParts | undefined {
  const expected = (event as JsonObject | null)?.["expected"] as Partial<ExpectedParts> | undefined;
  // The stack writes it, and a test compares both. Somebody else who may write it can leave out anything
  // anyway.
  return Array.isArray(expected?.rules) &&
    Array.isArray(expected.functions) &&
    typeof expected.forwardingRole === "string" &&
    typeof expected.queue?.name === "string" &&
    typeof expected.topic?.name === "string"
    ? (expected as ExpectedParts)
    : undefined;
}
