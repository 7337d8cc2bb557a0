import type { Diagnostic } from "./messages";

/** Why Terraform failed, as far as it changes what to do next. */
export type TerraformFaultKind =
  | "state-not-saved"
  | "credentials"
  | "lock-held"
  | "role-not-assumable"
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
  /** One line: what Terraform said. */
  readonly cause: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Terraform failed; carries why. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";

  constructor(readonly fault: TerraformFault) {
    super(fault.cause);
  }
}

interface FaultRule {
  readonly kind: TerraformFaultKind;
  /** Looked for in the summary and the detail of a diagnostic. */
  readonly signs: RegExp;
  /** `{folder}` and `{lock}` stand for the stack's folder and the id of its lock. */
  readonly advice?: string;
}

/**
 * The messages are Terraform's and the AWS provider's own, as seen with Terraform 1.11 and provider 5.100.
 * The first rule that fits decides: a role that cannot be reached for want of network says so in the same
 * words as one that refuses.
 */
const RULES: readonly FaultRule[] = [
  {
    kind: "state-not-saved",
    signs: /Failed to (?:save|persist|write) state|errored\.tfstate/i,
    advice:
      "What was done is in errored.tfstate alone. Do not run again before it is saved: terraform -chdir={folder} state push errored.tfstate",
  },
  {
    kind: "lock-held",
    // In the same words, Terraform says that it may not write the lock: only a lock that is there is waited
    // for.
    signs:
      /Error (?:acquiring|locking) (?:the )?state[^]*(?:Lock Info:|already locked|resource temporarily unavailable|PreconditionFailed|Conditional)/i,
    advice:
      "If nobody is at work there any more, check the state and release it with: terraform -chdir={folder} force-unlock {lock}",
  },
  {
    kind: "backend-changed",
    signs: /Backend configuration changed|Backend type changed/i,
    advice: "The state is still where it was. docs/state.md says how to move it; nothing moves it by itself.",
  },
  {
    kind: "needs-init",
    signs: /initialization required|Required plugins are not installed|Inconsistent dependency lock file/i,
  },
  { kind: "stale-plan", signs: /Saved plan is stale/i },
  {
    kind: "wrong-account",
    signs: /AWS account ID not allowed/i,
    advice: "The credentials lead into another account than rollout.yaml says. Nothing was read or changed.",
  },
  {
    kind: "interrupted",
    signs: /execution halted|operation cancel|interrupted|context canceled/i,
    advice: "Terraform was asked to end: what it had done is in the state, and another run does the rest.",
  },
  {
    kind: "credentials",
    signs:
      /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|No valid credential sources|SSO[^]*(?:expired|invalid)|token is expired/i,
    advice: "Sign in again, then run the same command.",
  },
  {
    kind: "throttled",
    signs:
      /Throttl|Rate exceeded|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|retry quota exceeded/i,
  },
  {
    kind: "network",
    signs:
      /dial tcp|i\/o timeout|connection reset|connection refused|TLS handshake|request send failed|unexpected EOF|no such host|StatusCode: 50\d|ServiceUnavailable|InternalFailure|InternalError/i,
  },
  {
    kind: "role-not-assumable",
    signs: /Cannot assume IAM Role/i,
    advice:
      "Check that the role exists in the account, trusts the caller, and that no service control policy denies sts:AssumeRole.",
  },
  {
    kind: "already-exists",
    signs: /EntityAlreadyExists|AlreadyExistsException|ResourceConflictException|already exist/i,
    advice:
      "It is in the account but not in the state: an apply that was killed may have made it, or somebody by hand. Look at it, then import or delete it (docs/rollout.md).",
  },
];

/** Kinds that pass by themselves, or with a new plan. */
const TRANSIENT: ReadonlySet<TerraformFaultKind> = new Set([
  "lock-held",
  "stale-plan",
  "role-not-assumable",
  "throttled",
  "network",
]);

export function isTransient({ kind }: TerraformFault): boolean {
  return TRANSIENT.has(kind);
}

/**
 * Reads what Terraform said before it failed.
 *
 * @param diagnostics The errors, in order.
 * @param text Lines that were no messages: all there is when Terraform crashed, or failed to initialize.
 * @param folder Folder of the stack, for what is to be typed.
 */
export function readFault(
  diagnostics: readonly Diagnostic[],
  text: readonly string[] = [],
  folder = "FOLDER",
): TerraformFault {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const faults = errors.map((error) => classify(`${error.summary}\n${error.detail}`, causeOf(error), folder));
  // One refusal among throttled calls does not pass by itself, whatever becomes of the others.
  const decisive =
    faults.find(({ kind }) => kind === "state-not-saved") ??
    faults.find((fault) => !isTransient(fault)) ??
    faults[0];
  if (decisive === undefined) {
    const lines = withoutBox(text);
    // Terraform breaks lines anywhere between two words.
    return classify(lines.join(" "), lastWords(lines), folder);
  }
  const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return { ...decisive, cause: `${decisive.cause}${others}` };
}

function classify(text: string, cause: string, folder: string): TerraformFault {
  const rule = RULES.find(({ signs }) => signs.test(text));
  const advice = rule?.advice
    ?.replace("{folder}", folder)
    .replace("{lock}", lockField(text, "ID") ?? "LOCK_ID");
  return { kind: rule?.kind ?? "other", cause, ...(advice !== undefined && { advice }) };
}

/** The summary and, of the detail, the line that holds the reason. */
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
    : `held by ${who ?? "somebody"} since ${created ?? "an unknown time"} (${operation ?? "unknown operation"}, lock ID ${id})`;
}

function lockField(detail: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name}:\\s+(\\S.*)$`, "m").exec(detail)?.[1]?.trim();
}

const LAST_LINES = 12;

/** Terraform's text without the box it draws around errors, and without empty lines. */
function withoutBox(text: readonly string[]): string[] {
  return text.map((line) => line.replace(/^[╷│╵\s]+/, "").trim()).filter((line) => line !== "");
}

/** The first error and what follows, else the end. */
function lastWords(lines: readonly string[]): string {
  const firstError = lines.findIndex((line) => line.startsWith("Error"));
  const kept =
    firstError === -1 ? lines.slice(-LAST_LINES) : lines.slice(firstError, firstError + LAST_LINES);
  return kept.join(" ").replace(/^Error: /, "") || "Terraform ended without a word";
}
