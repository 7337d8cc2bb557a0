import {
  GetPolicyVersionCommand,
  paginateListEntitiesForPolicy,
  paginateListPolicyVersions,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";
import { collectPages } from "../../shared/collect-pages";
import { runConcurrently } from "../../shared/run-concurrently";
import type { Tampering } from "../event/tampering";
import { leftAlone, undoingOf, type ContainmentResult, type Undoing } from "./containment-result";
import { isDenyAll } from "./deny-document";
import { PHASES_MS } from "./durations";
import { failure, join, schedule, type Incident, type Report } from "./incident";
import { readQuarantinePolicy } from "./read-user-state";
import { Reconciler } from "./reconcile";

/** Number of users that are denied inline concurrently. */
const AT_ONCE = 8;

/**
 * Responds to a change of the quarantine policy. While it does not deny everything, every user that it
 * quarantined is free: each is denied inline, and a version that denies everything is made the default again,
 * if there is one. If not, the account has to be deployed again.
 *
 * @param tampering The call that changed it; undefined when the sweep found the change.
 */
export async function restorePolicy(
  incident: Incident,
  tampering: Tampering | undefined,
): Promise<ContainmentResult> {
  const { dependencies, settings } = incident;
  if (tampering?.mayUndo) {
    const reason = `${tampering.caller.label} may change the quarantine policy`;
    return leftAlone("may-undo", reason);
  }
  const phase = schedule(incident);
  const { state, failed } = await readQuarantinePolicy(dependencies.iam, settings.policyArn, phase.inspect);
  if (state.policyDenies) {
    const reason = "the quarantine policy still denies everything";
    return leftAlone("policy-intact", reason);
  }
  const [users, version] = await Promise.all([denyUsersInline(incident), restoreDefaultVersion(incident)]);
  const report = join(users, version, { failed });
  const undoing: Undoing =
    tampering === undefined ? { found: "gap", isUndone: true } : undoingOf(tampering, true);
  const isDenied = users.failed.length === 0;
  return {
    ...report,
    status: isDenied ? "RESTORED" : "FAILED",
    method: isDenied ? "inline-policy" : "none",
    containedAt: isDenied ? new Date(dependencies.clock()).toISOString() : "",
    userState: { policyDenies: false },
    undoing,
  };
}

async function denyUsersInline(incident: Incident): Promise<Report> {
  const { dependencies, settings, deadline } = incident;
  const reports: Report[] = [];
  try {
    const names = await deadline.run(async (options) => {
      const pages = paginateListEntitiesForPolicy(
        { client: dependencies.iam },
        { PolicyArn: settings.policyArn, EntityFilter: "User" },
        options,
      );
      const users = await collectPages(pages, (page) => page.PolicyUsers);
      return [...new Set(users.flatMap(({ UserName }) => UserName ?? []))];
    });
    await runConcurrently(names, AT_ONCE, async (userName) => {
      reports.push(await denyInline(incident, userName));
    });
  } catch (error) {
    reports.push({ done: [], failed: [failure("find the users of the quarantine policy", error)] });
  }
  return join(...reports);
}

async function denyInline(incident: Incident, userName: string): Promise<Report> {
  const { dependencies, settings, deadline } = incident;
  const { policyArn } = settings;
  const reconciler = new Reconciler({ ...dependencies, userName, policyArn }, () => ({
    policyArn,
    byEveryMethod: false,
    deactivateAccessKeys: false,
    deleteLoginProfile: false,
  }));
  reconciler.add({ state: { policyDenies: false }, failed: [] });
  await reconciler.read(["inlineDeny"], deadline.within(PHASES_MS.read));
  await reconciler.close(deadline);
  const isDenied = reconciler.denials.includes("inline-policy");
  const { done, failed } = reconciler.report();
  return {
    done: done.map((line) => `${userName}: ${line}`),
    failed: isDenied ? [] : failed.map(({ step, error }) => ({ step: `${userName}: ${step}`, error })),
  };
}

/** Chooses among the existing versions: the permission to create one would allow any content. */
async function restoreDefaultVersion({ dependencies, settings, deadline }: Incident): Promise<Report> {
  const { iam } = dependencies;
  const PolicyArn = settings.policyArn;
  try {
    return await deadline.within(PHASES_MS.write + PHASES_MS.read).run(async (options) => {
      const pages = paginateListPolicyVersions({ client: iam }, { PolicyArn }, options);
      for (const { VersionId } of await collectPages(pages, (page) => page.Versions)) {
        const { PolicyVersion } = await iam.send(
          new GetPolicyVersionCommand({ PolicyArn, VersionId }),
          options,
        );
        if (isDenyAll(PolicyVersion?.Document ?? "")) {
          await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }), options);
          return {
            done: [`made ${VersionId} the default version of the quarantine policy again`],
            failed: [],
          };
        }
      }
      throw new Error("no version of the policy denies everything: deploy the account again");
    });
  } catch (error) {
    return { done: [], failed: [failure("set the quarantine policy right", error)] };
  }
}
