/** One REST path of the Lambda API. */
interface LambdaPath {
  readonly method: string;
  readonly pattern: RegExp;
  readonly action: string;
}

const FUNCTION = "/functions/(?<FunctionName>[^/]+)";

/** The part of the Lambda API that Terraform and this project use; longer paths first. */
const LAMBDA_PATHS: readonly LambdaPath[] = [
  path("POST", `${FUNCTION}/invocations`, "Invoke"),
  path("POST", `${FUNCTION}/invoke-async`, "InvokeAsync"),
  path("GET", `${FUNCTION}/policy`, "GetPolicy"),
  path("POST", `${FUNCTION}/policy`, "AddPermission"),
  path("DELETE", `${FUNCTION}/policy/(?<StatementId>[^/]+)`, "RemovePermission"),
  path("GET", `${FUNCTION}/configuration`, "GetFunctionConfiguration"),
  path("PUT", `${FUNCTION}/configuration`, "UpdateFunctionConfiguration"),
  path("PUT", `${FUNCTION}/code`, "UpdateFunctionCode"),
  path("GET", `${FUNCTION}/code-signing-config`, "GetFunctionCodeSigningConfig"),
  path("GET", `${FUNCTION}/concurrency`, "GetFunctionConcurrency"),
  path("PUT", `${FUNCTION}/concurrency`, "PutFunctionConcurrency"),
  path("DELETE", `${FUNCTION}/concurrency`, "DeleteFunctionConcurrency"),
  path("GET", `${FUNCTION}/event-invoke-config/list`, "ListFunctionEventInvokeConfigs"),
  path("GET", `${FUNCTION}/event-invoke-config`, "GetFunctionEventInvokeConfig"),
  path("PUT", `${FUNCTION}/event-invoke-config`, "PutFunctionEventInvokeConfig"),
  path("POST", `${FUNCTION}/event-invoke-config`, "UpdateFunctionEventInvokeConfig"),
  path("DELETE", `${FUNCTION}/event-invoke-config`, "DeleteFunctionEventInvokeConfig"),
  path("GET", `${FUNCTION}/versions`, "ListVersionsByFunction"),
  path("POST", `${FUNCTION}/versions`, "PublishVersion"),
  path("GET", `${FUNCTION}/aliases`, "ListAliases"),
  path("GET", `${FUNCTION}/url`, "GetFunctionUrlConfig"),
  path("GET", FUNCTION, "GetFunction"),
  path("DELETE", FUNCTION, "DeleteFunction"),
  path("GET", "/functions", "ListFunctions"),
  path("POST", "/functions", "CreateFunction"),
  path("GET", "/tags/(?<Resource>.+)", "ListTags"),
  path("POST", "/tags/(?<Resource>.+)", "TagResource"),
  path("DELETE", "/tags/(?<Resource>.+)", "UntagResource"),
];

/** Action and path parameters of a Lambda REST request; undefined for an unknown path. */
export function readLambdaPath(
  method: string,
  pathname: string,
): { action: string; params: Record<string, string> } | undefined {
  for (const candidate of LAMBDA_PATHS) {
    if (candidate.method !== method) {
      continue;
    }
    const groups = candidate.pattern.exec(pathname)?.groups;
    if (candidate.pattern.test(pathname)) {
      const decoded = Object.entries(groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]);
      return { action: candidate.action, params: Object.fromEntries(decoded) as Record<string, string> };
    }
  }
  return undefined;
}

function path(method: string, pattern: string, action: string): LambdaPath {
  // The first segment is the API's date, which differs from action to action.
  return { method, pattern: new RegExp(`^/\\d{4}-\\d{2}-\\d{2}${pattern}/?$`), action };
}
