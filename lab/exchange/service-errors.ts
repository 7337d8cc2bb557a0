/** How a service answers a caller who may not; services without an entry answer AccessDenied with 403. */
const REFUSALS: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  events: { code: "AccessDeniedException", status: 400 },
  kms: { code: "AccessDeniedException", status: 400 },
  lambda: { code: "AccessDeniedException", status: 403 },
  logs: { code: "AccessDeniedException", status: 400 },
  organizations: { code: "AccessDeniedException", status: 400 },
  sns: { code: "AuthorizationError", status: 403 },
};

/** Error code and HTTP status of a service's refusal. */
export function refusalOf(service: string): { readonly code: string; readonly status: number } {
  return REFUSALS[service] ?? { code: "AccessDenied", status: 403 };
}
