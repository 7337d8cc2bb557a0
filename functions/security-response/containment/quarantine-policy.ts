import { GetPolicyCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { TAMPERED_STEP } from "../../contract";
import { isDenyAll } from "./deny-document";
import { failing, failure, join, type Incident, type StepReport } from "./incident";
import { INVENTORY_MS } from "./inventory";

/** What reading the quarantine policy showed. A policy that could not be read is not called tampered. */
export interface PolicyCheck {
  readonly tampered: boolean;
  readonly report: StepReport;
}

/**
 * Whether the quarantine policy still denies everything. Whoever may set its default version disarms every
 * quarantine of the account at once, and no attachment shows it.
 */
export async function checkQuarantinePolicy({
  deadline,
  settings,
  dependencies,
}: Incident): Promise<PolicyCheck> {
  const PolicyArn = settings.policyArn;
  try {
    return await deadline.within(INVENTORY_MS).run(async (options) => {
      const { Policy } = await dependencies.iam.send(new GetPolicyCommand({ PolicyArn }), options);
      const VersionId = Policy?.DefaultVersionId;
      if (!VersionId) {
        throw new Error(`IAM named no default version of ${PolicyArn}`);
      }
      const get = new GetPolicyVersionCommand({ PolicyArn, VersionId });
      const { PolicyVersion } = await dependencies.iam.send(get, options);
      if (PolicyVersion?.Document === undefined) {
        throw new Error(`IAM sent no document of ${PolicyArn}`);
      }
      return isDenyAll(PolicyVersion.Document) ? INTACT : tampered(PolicyArn, VersionId);
    });
  } catch (error) {
    return { tampered: false, report: failing(failure("quarantine policy could not be checked", error)) };
  }
}

const INTACT: PolicyCheck = { tampered: false, report: join() };

function tampered(policyArn: string, version: string): PolicyCheck {
  const error = `Tampered: version ${version} of ${policyArn} is not the document that denies everything`;
  return { tampered: true, report: failing({ step: TAMPERED_STEP, error }) };
}
