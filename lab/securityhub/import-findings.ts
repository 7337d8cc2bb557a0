import type { MotoClient } from "../exchange/moto-client";
import type { Handler } from "../exchange/pipeline";
import { jsonResponse } from "../exchange/responses";

/** What tells one state of a finding from another. */
interface Finding {
  readonly Id?: string;
  readonly ProductArn?: string;
  readonly UpdatedAt?: string;
}

/**
 * Does for BatchImportFindings what moto does not: Security Hub must be on, and it ignores an update that is
 * not newer than the finding (Security Hub guide, "BatchImportFindings for finding providers").
 */
export function importFindings(moto: MotoClient): Handler {
  return async ({ request, accountId }) => {
    const { service, region, action, params } = request;
    if (service !== "securityhub" || action !== "BatchImportFindings") {
      return undefined;
    }
    const call = (name: string, method: string, path: string, input: Record<string, unknown> = {}) =>
      moto(accountId, {
        ...{ service, region, action: name, params: input },
        rest: { method, path, headers: { "content-type": "application/json" }, body: JSON.stringify(input) },
      });
    await call("DescribeHub", "GET", "/accounts");
    const { Findings: known } = (await call("GetFindings", "POST", "/findings")) as { Findings?: Finding[] };
    const findings = (params["Findings"] ?? []) as Finding[];
    const newer = findings.filter(
      (finding) => !known?.some((each) => isSame(each, finding) && !isOlder(each, finding)),
    );
    const answer =
      newer.length === 0
        ? { FailedCount: 0, SuccessCount: 0, FailedFindings: [] }
        : await call("BatchImportFindings", "POST", "/findings/import", { Findings: newer });
    return jsonResponse({
      ...answer,
      SuccessCount: Number(answer["SuccessCount"]) + findings.length - newer.length,
    });
  };
}

function isSame(one: Finding, other: Finding): boolean {
  return one.Id === other.Id && one.ProductArn === other.ProductArn;
}

function isOlder(one: Finding, other: Finding): boolean {
  return Date.parse(one.UpdatedAt ?? "") < Date.parse(other.UpdatedAt ?? "");
}
