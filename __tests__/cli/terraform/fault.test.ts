import { isTransient, readFault, type TerraformFault } from "../../../cli/terraform/fault";
import { terraformMessages } from "../../support/cli/terraform-output";

/** What becomes of a failed Terraform that printed this. */
function faultOf(fixture: string): TerraformFault {
  const messages = terraformMessages(fixture);
  return readFault(
    messages.flatMap((message) => (message.type === "diagnostic" ? message.diagnostic : [])),
    messages.flatMap((message) => (message.type === "text" ? message.text : [])),
  );
}

const ROLE = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole";

test.each<[fixture: string, kind: TerraformFault["kind"], retried: boolean, cause: string | RegExp]>([
  [
    "lock-held-local.jsonl",
    "lock-held",
    true,
    /^Error acquiring the state lock: held by alice@laptop since 2026-11-22 \S+ \+0000 UTC \(OperationTypeApply, lock ID [0-9a-f-]{36}\)$/,
  ],
  ["lock-held-s3.jsonl", "lock-held", true, /held by alice@laptop .*81fa64df-db5f-1aec-69c4-680fab414f72/],
  // It may not write the lock, and will not however long it waits.
  ["lock-denied-s3.jsonl", "other", false, /StatusCode: 403.*AccessDenied/],
  ["lock-unreachable-s3.jsonl", "network", true, /request send failed/],
  [
    "role-denied.jsonl",
    "role-not-assumable",
    true,
    `Cannot assume IAM Role: operation error STS: AssumeRole, https response error StatusCode: 403, api error AccessDenied: User: arn:aws:iam::111122223333:user/deployer is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
  ],
  ["init-role-denied.txt", "role-not-assumable", true, /^Cannot assume IAM Role .*AccessDenied/],
  ["role-unreachable.jsonl", "network", true, /connection refused/],
  ["role-throttled.jsonl", "throttled", true, /Rate exceeded/],
  ["throttled.jsonl", "throttled", true, /^aws_iam_\w+\.\w+: creating IAM .*Rate exceeded \(and 1 more\)$/],
  [
    "throttled-and-denied.jsonl",
    "other",
    false,
    /^aws_iam_policy\.quarantine: creating .*iam:CreatePolicy \(and 1 more\)$/,
  ],
  [
    "exists-and-throttled.jsonl",
    "already-exists",
    false,
    /^aws_iam_role\.responder: .*EntityAlreadyExists.* \(and 1 more\)$/,
  ],
  ["wrong-account.jsonl", "wrong-account", false, "AWS account ID not allowed: 111122223333"],
  [
    "stale-plan.jsonl",
    "stale-plan",
    true,
    "Saved plan is stale: The given plan file can no longer be applied because the state was changed by another operation after the plan was created.",
  ],
  ["backend-not-initialized.jsonl", "needs-init", false, /^Backend initialization required/],
  ["backend-block-changed.jsonl", "needs-init", false, /^Backend initialization required/],
  ["not-initialized.jsonl", "needs-init", false, /^Inconsistent dependency lock file/],
  ["init-backend-changed.txt", "backend-changed", false, /^Backend configuration changed A change in/],
  ["init-no-provider.txt", "other", false, /^Failed to query available provider packages Could not/],
  ["interrupted.jsonl", "interrupted", false, "execution halted"],
])("%s: %s", (fixture, kind, retried, cause) => {
  const fault = faultOf(fixture);

  expect(fault.kind).toBe(kind);
  expect(isTransient(fault)).toBe(retried);
  if (typeof cause === "string") {
    expect(fault.cause).toBe(cause);
  } else {
    expect(fault.cause).toMatch(cause);
  }
  expect(fault.cause).not.toContain("\n");
});

const said = (summary: string, detail = "") => [{ severity: "error" as const, summary, detail }];

test.each([
  ["api error ThrottlingException: Rate exceeded", "throttled"],
  ["api error TooManyRequestsException: Too Many Requests", "throttled"],
  ["api error SlowDown: Please reduce your request rate.", "throttled"],
  ["https response error StatusCode: 503, api error ServiceUnavailable", "network"],
  [
    'Post "https://sts.us-east-1.amazonaws.com/": dial tcp: lookup sts.us-east-1.amazonaws.com: no such host',
    "network",
  ],
  ["read tcp 10.0.0.1:50000->10.0.0.2:443: read: connection reset by peer", "network"],
  ["net/http: TLS handshake timeout", "network"],
  ["ResourceConflictException: Function already exist: security-response", "already-exists"],
  [
    "Cannot assume IAM Role: operation error STS: AssumeRole, https response error StatusCode: 403, api error SignatureDoesNotMatch: Signature expired: 20261124T120000Z is now earlier than 20261124T122000Z (20261124T123500Z - 15 min.)",
    "wrong-clock",
  ],
  [
    "api error InvalidSignatureException: Signature not yet current: 20261124T130000Z is still later than 20261124T122000Z (20261124T121500Z + 5 min.)",
    "wrong-clock",
  ],
  [
    "api error RequestTimeTooSkewed: The difference between the request time and the current time is too large.",
    "wrong-clock",
  ],
  ["api error RequestExpired: Request has expired.", "wrong-clock"],
  ["api error SignatureDoesNotMatch: The request signature we calculated does not match", "other"],
  [
    "operation error EventBridge: PutTargets, https response error StatusCode: 400, api error ValidationException: Provided role 'arn:aws:iam::444455556666:role/security-response-forwarding' cannot be assumed by principal 'events.amazonaws.com'.",
    "iam-spreading",
  ],
  [
    "operation error EventBridge: PutTargets, api error AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/Deploy/x is not authorized to perform: events:PutEvents on resource: arn:aws:events:us-east-1:111122223333:event-bus/security-events",
    "iam-spreading",
  ],
  [
    "operation error EventBridge: PutTargets, api error AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/Deploy/x is not authorized to perform: events:PutTargets on resource: arn:aws:events:us-east-1:444455556666:rule/security-response-create-user",
    "other",
  ],
  ["Required plugins are not installed", "needs-init"],
  ["Error locking state: Error acquiring the state lock: workspace already locked", "lock-held"],
  ["api error LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10", "other"],
] as const)("%s: %s", (summary, kind) => {
  expect(readFault(said(summary)).kind).toBe(kind);
});

test("a role that IAM has not spread yet is waited for", () => {
  expect(isTransient({ kind: "iam-spreading", cause: "" })).toBe(true);
});

test("a wrong clock is no fault that passes by itself", () => {
  const fault = readFault(said("api error RequestTimeTooSkewed: The difference is too large."));

  expect(isTransient(fault)).toBe(false);
  expect(fault.advice).toContain("set the clock of this machine");
});

test("a sign may be broken over two lines, as init breaks it", () => {
  const text = [
    "Error: Failed to get existing workspaces: dial",
    "tcp 127.0.0.1:4999: connection",
    "refused",
  ];

  expect(readFault([], text)).toEqual({
    kind: "network",
    cause: "Failed to get existing workspaces: dial tcp 127.0.0.1:4999: connection refused",
  });
});

test("a lock whose holder cannot be read still counts as a lock", () => {
  const fault = readFault(
    said("Error acquiring the state lock", "Error message: resource temporarily unavailable"),
  );

  expect(fault).toMatchObject({
    kind: "lock-held",
    cause: "Error acquiring the state lock: Error message: resource temporarily unavailable",
    advice: expect.stringContaining("force-unlock"),
  });
});

test("warnings are not a cause", () => {
  const warning = { severity: "warning" as const, summary: "Rate exceeded is deprecated", detail: "" };

  expect(readFault([warning, ...said("Invalid count argument")])).toEqual({
    kind: "other",
    cause: "Invalid count argument",
  });
});

test("without messages, the first error in the text is the cause, without its box", () => {
  const text = ["Initializing the backend...", "╷", "│ Error: Invalid backend", "│ ", "│ No such type.", "╵"];

  expect(readFault([], text).cause).toBe("Invalid backend No such type.");
});

test("a crash is reported with its last lines, and missing output as such", () => {
  const trace = Array.from({ length: 50 }, (_, index) => `goroutine ${index}`);

  expect(readFault([], trace).cause).toMatch(/^goroutine 38 .* goroutine 49$/);
  expect(readFault([]).cause).toBe("Terraform exited without output");
});

describe("what an operator has to do", () => {
  const error = (summary: string, detail = "") => ({ severity: "error" as const, summary, detail });
  const fault = (...errors: ReturnType<typeof error>[]) => readFault(errors, [], "/stacks/payments");

  test("a state that was not saved is reported first, and not retried", () => {
    const { kind, advice } = fault(
      error("Error: creating IAM Role", "api error AccessDenied"),
      error("Failed to save state", "Error saving state: PutObject, StatusCode: 503, api error SlowDown"),
    );

    expect(kind).toBe("state-not-saved");
    expect(isTransient({ kind, cause: "" })).toBe(false);
    expect(advice).toContain("npm run quarantine -- recover payments");
  });

  test.each([
    error(
      "Cannot assume IAM Role",
      "Error: operation error STS: AssumeRole, api error ExpiredToken: expired",
    ),
    error("No valid credential sources found", "Error: no EC2 IMDS role found: dial tcp 169.254.169.254:80"),
  ])("credentials that have run out are not tried again: $summary", (diagnostic) => {
    expect(fault(diagnostic)).toMatchObject({
      kind: "credentials",
      advice: expect.stringContaining("Sign in"),
    });
    expect(isTransient(fault(diagnostic))).toBe(false);
  });

  test.each(["ConcurrentModificationException", "PolicyChangesInProgressException"])(
    "an organization that is being changed is waited for: %s",
    (name) => {
      const found = fault(error(`creating Organizations Policy Attachment: api error ${name}: try again`));

      expect(found.kind).toBe("organization-busy");
      expect(isTransient(found)).toBe(true);
    },
  );

  test("the command that releases a lock can be typed as it stands", () => {
    const detail =
      "Error message: resource temporarily unavailable\nLock Info:\n  ID:        2b6535e6\n  Who:       alice@laptop\n";

    expect(fault(error("Error acquiring the state lock", detail)).advice).toContain(
      "terraform -chdir=/stacks/payments force-unlock 2b6535e6",
    );
  });
});
