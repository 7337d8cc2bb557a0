import path from "node:path";
import type { Diagnostic } from "./messages";

/** Why Terraform failed, distinguished where it changes what to do next. */
export type TerraformFaultKind =
  | "state-not-saved"
  | "wrong-clock"
  | "credentials"
  | "lock-held"
  | "role-not-assumable"
  | "iam-spreading"
  | "organization-busy"
  | "throttled"
  | "network"
  | "backend-changed"
  | "needs-init"
  | "stale-plan"
  | "wrong-account"
  | "already-exists"
  | "interrupted"
  | "other";

export interface TerraformFault {
  readonly kind: TerraformFaultKind;
  /** One line: Terraform's message. */
  readonly cause: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Terraform failed; `fault` says why. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";

  constructor(readonly fault: TerraformFault) {
    super(fault.cause);
  }
}

interface FaultRule {
  readonly kind: TerraformFaultKind;
  /** Matched against the summary and the detail of a diagnostic. */
  readonly signs: RegExp;
  /** `{folder}`, `{stack}` and `{lock}` stand for the stack's folder, its name and the id of its lock. */
  readonly advice?: string;
}

/**
 * Messages of Terraform 1.11 and of the AWS provider 5.100, as observed. The first rule that matches decides:
 * "Cannot assume IAM Role" is the message both when the network fails and when the role refuses.
 */
const RULES: readonly FaultRule[] = [
  {
    kind: "state-not-saved",
    signs: /Failed to (?:save|persist|write) state|errored\.tfstate/i,
    advice:
      "Only errored.tfstate records what Terraform did. Save it before you run again: npm run quarantine -- recover {stack}",
  },
  {
    kind: "lock-held",
    // The message is the same when Terraform may not write the lock, for which waiting would not help.
    signs:
      /Error (?:acquiring|locking) (?:the )?state[^]*(?:Lock Info:|already locked|resource temporarily unavailable|PreconditionFailed|Conditional)/i,
    advice:
      "If no one works there any more, check the state and release the lock: terraform -chdir={folder} force-unlock {lock}",
  },
  {
    kind: "backend-changed",
    signs: /Backend configuration changed|Backend type changed/i,
    advice:
      "The state is still at its old place, and nothing moves it automatically. docs/state.md says how to move it.",
  },
  {
    kind: "needs-init",
    signs: /initialization required|Required plugins are not installed|Inconsistent dependency lock file/i,
  },
  { kind: "stale-plan", signs: /Saved plan is stale/i },
  {
    kind: "wrong-account",
    signs: /AWS account ID not allowed/i,
    advice:
      "The credentials belong to another account than the one in rollout.yaml. Nothing was read or changed.",
  },
  {
    kind: "interrupted",
    signs: /execution halted|operation cancel|interrupted|context canceled/i,
    advice: "Terraform was asked to stop: the state holds what it has done, and another run does the rest.",
  },
  {
    kind: "wrong-clock",
    signs:
      /Signature expired|Signature not yet current|RequestTimeTooSkewed|RequestExpired|RequestInTheFuture/i,
    advice:
      "AWS refuses a request whose time differs from its own by some minutes: set the clock of this machine, then run the same command.",
  },
  {
    kind: "credentials",
    signs:
      /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|No valid credential sources|CredentialsProviderError|SSO[^]*(?:expired|invalid)|token is expired/i,
    advice: "Sign in again, then run the same command.",
  },
  {
    // EventBridge checks a target's role and the other account's bus when a rule gets the target.
    kind: "iam-spreading",
    signs: /Provided role [^]*cannot be assumed by principal|not authorized to perform: events:PutEvents/i,
    advice:
      "IAM needs some seconds to apply a new role or policy, and the retries did not succeed. Check that the role security-response-forwarding and the policy of the bus security-events are as deployed.",
  },
  {
    // Organizations takes one change of policies at a time (API reference, errors of AttachPolicy). IAM's
    // ConcurrentModification has another name, and the provider retries it.
    kind: "organization-busy",
    signs: /ConcurrentModificationException|PolicyChangesInProgressException/,
    advice:
      "Something else is changing the organization, and the retries did not succeed. Run the same command again.",
  },
  {
    kind: "throttled",
    signs:
      /Throttl|Rate exceeded|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|retry quota exceeded/i,
  },
  {
    kind: "network",
    signs:
      /dial tcp|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|socket hang up|TimeoutError|i\/o timeout|connection reset|connection refused|TLS handshake|request send failed|unexpected EOF|no such host|StatusCode: 50\d|ServiceUnavailable|InternalFailure|InternalError/i,
  },
  {
    kind: "role-not-assumable",
    signs: /Cannot assume IAM Role|not authorized to perform: sts:AssumeRole/i,
    advice:
      "Check that the role exists in the account, trusts the caller, and that no service control policy denies sts:AssumeRole.",
  },
  {
    kind: "already-exists",
    signs: /EntityAlreadyExists|AlreadyExistsException|ResourceConflictException|already exist/i,
    advice:
      "The resource is in the account but not in the state: a killed apply may have created it, or someone by hand. Check it, then import or delete it (docs/rollout.md).",
  },
];

/** Transient kinds: a retry or a new plan can succeed. */
const TRANSIENT: ReadonlySet<TerraformFaultKind> = new Set([
  "lock-held",
  "stale-plan",
  "role-not-assumable",
  "iam-spreading",
  "organization-busy",
  "throttled",
  "network",
]);

export function isTransient({ kind }: TerraformFault): boolean {
  return TRANSIENT.has(kind);
}

/**
 * Reads the cause of a failure from what Terraform printed.
 *
 * @param diagnostics The errors, in order.
 * @param text Lines that were no messages: the only output when Terraform crashed or failed to initialize.
 * @param folder Folder of the stack, for commands in the advice.
 */
export function readFault(
  diagnostics: readonly Diagnostic[],
  text: readonly string[] = [],
  folder = "FOLDER",
): TerraformFault {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const faults = errors.map((error) => classify(`${error.summary}\n${error.detail}`, causeOf(error), folder));
  // If one fault among transient ones is permanent, a retry does not help.
  const decisive =
    faults.find(({ kind }) => kind === "state-not-saved") ??
    faults.find((fault) => !isTransient(fault)) ??
    faults[0];
  if (decisive === undefined) {
    const lines = withoutBox(text);
    // Terraform wraps lines between any two words.
    return classify(lines.join(" "), lastLines(lines), folder);
  }
  const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return { ...decisive, cause: `${decisive.cause}${others}` };
}

function classify(text: string, cause: string, folder: string): TerraformFault {
  const rule = RULES.find(({ signs }) => signs.test(text));
  const advice = rule?.advice
    ?.replace("{folder}", folder)
    .replace("{stack}", path.basename(folder))
    .replace("{lock}", lockField(text, "ID") ?? "LOCK_ID");
  return { kind: rule?.kind ?? "other", cause, ...(advice !== undefined && { advice }) };
}

/** The summary, and the line of the detail that has the reason. */
function causeOf({ summary, detail, address }: Diagnostic): string {
  const lock = lockHolder(detail);
  const reason = lock ?? /^Error: (.+)$/m.exec(detail)?.[1] ?? detail.split("\n", 1)[0] ?? "";
  const where = address === undefined || address.startsWith("provider[") ? "" : `${address}: `;
  return `${where}${[summary, reason].filter((part) => part !== "").join(": ")}`.replace(
    /RequestID: [\w-]*, /,
    "",
  );
}

/** Who holds the state lock, since when, and the id that releases it. */
function lockHolder(detail: string): string | undefined {
  const [id, who, operation, created] = ["ID", "Who", "Operation", "Created"].map((name) =>
    lockField(detail, name),
  );
  return id === undefined
    ? undefined
    : `held by ${who ?? "someone"} since ${created ?? "an unknown time"} (${operation ?? "unknown operation"}, lock ID ${id})`;
}

function lockField(detail: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name}:\\s+(\\S.*)$`, "m").exec(detail)?.[1]?.trim();
}

const LAST_LINES = 12;

/** Terraform's text without the box around errors, and without empty lines. */
function withoutBox(text: readonly string[]): string[] {
  return text.map((line) => line.replace(/^[╷│╵\s]+/, "").trim()).filter((line) => line !== "");
}

/** The first error and what follows it, or the last lines. */
function lastLines(lines: readonly string[]): string {
  const firstError = lines.findIndex((line) => line.startsWith("Error"));
  const kept =
    firstError === -1 ? lines.slice(-LAST_LINES) : lines.slice(firstError, firstError + LAST_LINES);
  return kept.join(" ").replace(/^Error: /, "") || "Terraform exited without output";
}
