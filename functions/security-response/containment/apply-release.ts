import {
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  PutUserPermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../contract";
import type { CallOptions, Deadline } from "../../shared/deadline";
import { attempts, UPDATES } from "./apply";
import { removeTags, writeTags } from "./apply-tags";
import { isMissingUser, isNoSuchEntity } from "./iam-error";
import type { Report } from "./incident";
import type { ReleaseStep } from "./release-gap";
import { retryConflicts, type Target } from "./target";

type Lift = Extract<ReleaseStep, { kind: "lift" }>;

/**
 * Applies the steps of a release concurrently. A failure becomes part of the result and does not stop the
 * others. It is not part of `apply.ts`, so that the responder's package does not contain calls that it may
 * not make.
 */
export async function applyRelease(
  target: Target,
  steps: readonly ReleaseStep[],
  deadline: Deadline,
): Promise<Report[]> {
  return Promise.all(steps.map((step) => applyStep(target, step, deadline)));
}

async function applyStep(target: Target, step: ReleaseStep, deadline: Deadline): Promise<Report> {
  const { done, failed, attempt } = attempts();
  switch (step.kind) {
    case "tag":
      await attempt("untag", () => removeTags(target, step.remove, deadline));
      await attempt("tag", () => writeTags(target, step.tags, deadline));
      break;
    case "lift":
      await attempt(`lift ${step.method}`, () => lift(target, step, deadline));
      break;
    case "reactivate": {
      const { credential, id } = step;
      await attempt(`reactivate ${credential} ${id}`, async () => {
        await retryConflicts(target, deadline, (o) =>
          UPDATES[credential](target.iam, target.userName, id, "Active", o),
        );
        return `set ${credential} ${id} active`;
      });
    }
  }
  return { done, failed };
}

/** A deny that does not exist any more is not a failure. */
async function lift(target: Target, step: Lift, deadline: Deadline): Promise<string | undefined> {
  const { done, send } = LIFTS[step.method](target, step);
  try {
    await retryConflicts(target, deadline, send);
    return done;
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error) && step.formerBoundary === undefined) {
      return undefined;
    }
    throw error;
  }
}

interface Call {
  readonly send: (options: CallOptions) => Promise<unknown>;
  readonly done: string;
}

const LIFTS: Readonly<Record<Lift["method"], (target: Target, step: Lift) => Call>> = {
  "managed-policy": ({ iam, userName: UserName, policyArn: PolicyArn }) => ({
    send: (options) => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }), options),
    done: `detached the policy ${PolicyArn}`,
  }),
  "inline-policy": ({ iam, userName: UserName }) => ({
    send: (options) =>
      iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME }), options),
    done: `deleted the inline policy ${INLINE_POLICY_NAME}`,
  }),
  "permissions-boundary": ({ iam, userName: UserName }, { formerBoundary: PermissionsBoundary }) =>
    PermissionsBoundary === undefined
      ? {
          send: (options) => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }), options),
          done: "deleted the permissions boundary of the quarantine",
        }
      : {
          send: (options) =>
            iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }), options),
          done: `put the permissions boundary ${PermissionsBoundary} back`,
        },
};
