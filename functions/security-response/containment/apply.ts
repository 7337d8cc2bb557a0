import {
  AttachUserPolicyCommand,
  DeleteLoginProfileCommand,
  GetUserCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../contract";
import { boundBy, encodeArn, FOUND_OURS, KEEP_BOUNDARY, replaced } from "../../shared/alert/former-boundary";
import { stopped, type CredentialKind } from "../../shared/alert/stopped-credentials";
import { errorText } from "../../shared/aws-error";
import type { CallOptions, Deadline } from "../../shared/deadline";
import { retry } from "../../shared/retry";
import { removeTags, writeTagsWithRoom } from "./apply-tags";
import { DENY_DOCUMENT } from "./deny-document";
import { WAITS_MS } from "./durations";
import type { Step } from "./gap";
import { isConcurrent, isMissingUser, isNoSuchEntity, isTemporarilyUnmodifiable } from "./iam-error";
import { failure, type Failure, type Report } from "./incident";
import { MAX_TAG_VALUE } from "./tags";
import type { Target } from "./target";
import type { Method } from "./user-state";

/** The result of one step. */
export interface Applied extends Report {
  readonly step: Step;
  readonly isDone: boolean;
  /** When IAM had answered, in milliseconds since the epoch. */
  readonly at: number;
  /** Value of the tag about the boundary that was replaced; undefined leaves the tag as it is. */
  readonly formerBoundary?: string | undefined;
}

export interface ApplyOptions {
  /** Milliseconds in which IAM may come to know the user, or to list a deny. */
  readonly patience: number;
  /** Called when the request that attaches the policy has been handed to the connection. */
  readonly sent?: (() => void) | undefined;
}

/** Applies the steps concurrently. A failure becomes part of the result and does not stop the other steps. */
export async function applySteps(
  target: Target,
  steps: readonly Step[],
  deadline: Deadline,
  options: ApplyOptions,
): Promise<Applied[]> {
  return Promise.all(steps.map((step) => applyStep(target, step, deadline, options)));
}

async function applyStep(
  target: Target,
  step: Step,
  deadline: Deadline,
  options: ApplyOptions,
): Promise<Applied> {
  const { done, failed, attempt } = attempts();
  const report = { step, done, failed };
  switch (step.kind) {
    case "deny": {
      // Once our boundary is set, IAM does not show the old one any more.
      const former = step.method === "permissions-boundary" ? await readFormer(target, deadline) : undefined;
      const isDone = await attempt(step.method, () => deny(target, step.method, deadline, options));
      done.push(...(isDone && former ? former.done : []));
      failed.push(...(isDone && former ? former.failed : []));
      return { ...report, isDone, at: target.clock(), formerBoundary: former?.tag };
    }
    case "await-listing":
      await target.sleep(Math.min(WAITS_MS.betweenListings, deadline.remaining()));
      return { ...report, isDone: true, at: target.clock() };
    case "deactivate": {
      const { credential, id } = step;
      const isDone = await attempt(`deactivate ${credential} ${id}`, async () => {
        await deadline.run((o) => UPDATES[credential](target.iam, target.userName, id, "Inactive", o));
        return stopped(credential, id);
      });
      return { ...report, isDone, at: target.clock() };
    }
    case "delete-password": {
      const isDone = await attempt("delete console password", () => deletePassword(target, deadline));
      return { ...report, isDone, at: target.clock() };
    }
    case "tag": {
      const isClear = await attempt("untag", () => removeTags(target, step.remove, deadline));
      const isTagged = await attempt("tag", () => writeTagsWithRoom(target, step.tags, deadline, done));
      return { ...report, isDone: isClear && isTagged, at: target.clock() };
    }
  }
}

/** Collects what was done and what failed. */
export function attempts() {
  const done: string[] = [];
  const failed: Failure[] = [];
  /** Adds the text that `act` returns to `done`, or its error to `failed`. @returns whether it succeeded */
  const attempt = async (name: string, act: () => Promise<string | undefined>): Promise<boolean> => {
    try {
      const line = await act();
      done.push(...(line === undefined ? [] : [line]));
      return true;
    } catch (error) {
      failed.push(failure(name, error));
      return false;
    }
  };
  return { done, failed, attempt };
}

async function deny(
  target: Target,
  method: Method,
  deadline: Deadline,
  { patience, sent }: ApplyOptions,
): Promise<string> {
  const plan = {
    when: (error: unknown) => isMissingUser(error) || isConcurrent(error),
    budget: Math.min(patience, deadline.remaining()),
  };
  await retry(() => deadline.run((options) => DENY[method](target, options, sent)), plan, target);
  return DENIED[method](target.policyArn);
}

type Deny = (target: Target, options: CallOptions, sent?: () => void) => Promise<unknown>;

const DENY: Readonly<Record<Method, Deny>> = {
  "managed-policy": ({ denyClient, userName, policyArn }, options, sent) =>
    denyClient.send(attach(userName, policyArn, sent), options),
  "inline-policy": ({ denyClient, userName: UserName }, options) =>
    denyClient.send(
      new PutUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME, PolicyDocument: DENY_DOCUMENT }),
      options,
    ),
  "permissions-boundary": ({ denyClient, userName: UserName, policyArn: PermissionsBoundary }, options) =>
    denyClient.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }), options),
};

const DENIED: Readonly<Record<Method, (policyArn: string) => string>> = {
  "managed-policy": (policyArn) => `attached the policy ${policyArn}`,
  "inline-policy": () => `put the inline policy ${INLINE_POLICY_NAME}`,
  "permissions-boundary": boundBy,
};

/**
 * `sent` is called when the request is handed to the connection: the SDK may delay it, to sign it or because
 * IAM throttles.
 */
function attach(UserName: string, PolicyArn: string, sent?: () => void): AttachUserPolicyCommand {
  const command = new AttachUserPolicyCommand({ UserName, PolicyArn });
  command.middlewareStack.add(
    (next) => (args) => {
      const answer = next(args);
      sent?.();
      return answer;
    },
    { name: "tellWhenSent", step: "deserialize", priority: "low" },
  );
  return command;
}

/**
 * Reads the boundary that is about to be replaced. A failed read becomes part of the report. If the boundary
 * is already ours, another delivery of the event has set it and has written the tag.
 */
async function readFormer(
  { iam, userName: UserName, policyArn }: Target,
  deadline: Deadline,
): Promise<Report & { readonly tag?: string }> {
  try {
    const { User } = await deadline
      .within(WAITS_MS.formerBoundary)
      .run((options) => iam.send(new GetUserCommand({ UserName }), options));
    const arn = User?.PermissionsBoundary?.PermissionsBoundaryArn;
    return arn === policyArn ? { done: [FOUND_OURS], failed: [] } : keepBoundary(arn);
  } catch (error) {
    // The deny itself shows whether the user exists.
    return { done: [], failed: [{ step: KEEP_BOUNDARY, error: errorText(error) }] };
  }
}

function keepBoundary(arn: string | undefined): Report & { readonly tag: string } {
  if (arn === undefined) {
    // Overwrites a tag that somebody may have forged.
    return { done: [], failed: [], tag: "none" };
  }
  const value = encodeArn(arn);
  if (value.length > MAX_TAG_VALUE) {
    const error = `TooLong: a tag takes ${MAX_TAG_VALUE} characters, and the ARN needs more; PutUserPermissionsBoundary in CloudTrail has it`;
    return { done: [], failed: [{ step: KEEP_BOUNDARY, error }], tag: "longer than a tag: see CloudTrail" };
  }
  return { done: [replaced(value)], failed: [], tag: value };
}

type Update = (
  iam: IAMClient,
  UserName: string,
  id: string,
  Status: "Active" | "Inactive",
  options: CallOptions,
) => Promise<unknown>;

/** IAM has one call for each kind. */
export const UPDATES: Readonly<Record<CredentialKind, Update>> = {
  "access key": (iam, UserName, AccessKeyId, Status, options) =>
    iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }), options),
  "SSH public key": (iam, UserName, SSHPublicKeyId, Status, options) =>
    iam.send(new UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Status }), options),
  "service-specific credential": (iam, UserName, ServiceSpecificCredentialId, Status, options) =>
    iam.send(
      new UpdateServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId, Status }),
      options,
    ),
  "signing certificate": (iam, UserName, CertificateId, Status, options) =>
    iam.send(new UpdateSigningCertificateCommand({ UserName, CertificateId, Status }), options),
};

/** Having no password is no failure. */
async function deletePassword(
  { iam, userName: UserName, ...timing }: Target,
  deadline: Deadline,
): Promise<string | undefined> {
  const remove = new DeleteLoginProfileCommand({ UserName });
  const plan = { when: isTemporarilyUnmodifiable, budget: deadline.remaining() };
  try {
    await retry(() => deadline.run((options) => iam.send(remove, options)), plan, timing);
    return "deleted the console password";
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) {
      return undefined;
    }
    throw error;
  }
}
