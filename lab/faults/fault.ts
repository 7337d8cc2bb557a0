import { z } from "zod";
import type { Exchange } from "../exchange/messages";
import { callerName } from "../exchange/principal";
import { serviceError, type ServiceError } from "../exchange/service-errors";
import { AwsError } from "../shared/errors";

/** The fault in a request to `/_lab/faults`. */
export const faultSchema = z.strictObject({
  /** Signing name such as `iam` or `sns`. @default - every service */
  service: z.string().min(1).optional(),
  /** Name of an API action such as `AttachUserPolicy`, or `*` for all. */
  action: z.string().min(1),
  /** Account that owns the resources. @default - every account */
  account: z
    .string()
    .regex(/^\d{12}$/, "expected 12 digits")
    .optional(),
  kind: z.enum(["throttle", "error", "timeout", "refuse", "delay"]),
  /** Share of the matching requests that the fault hits. @default 1 */
  rate: z.number().min(0).max(1).optional(),
  /** Hits after which the fault is spent. @default - unlimited */
  count: z.number().int().min(1).optional(),
  /** HTTP status instead of the service's usual one. */
  status: z.number().int().min(400).max(599).optional(),
  /** Error code instead of the service's usual one. */
  code: z
    .string()
    .regex(/^[A-Za-z.]{1,80}$/, "expected letters")
    .optional(),
  /** Time after which the fault ends, in milliseconds. @default - unlimited */
  durationMs: z.number().int().min(1).optional(),
  /** How long a `delay` holds a request back, in milliseconds. @default 10,000 */
  delayMs: z.number().int().min(1).max(600_000).optional(),
  /** Part of the caller's ARN, or of the name of a service. @default - every caller */
  principal: z.string().min(1).optional(),
});

export type FaultRequest = Readonly<z.infer<typeof faultSchema>>;

/** A fault that is set, and how often it hit. */
export interface Fault extends FaultRequest {
  readonly id: string;
  readonly hits: number;
}

/** Whether a fault applies to a request. */
export function appliesTo(fault: FaultRequest, { request, principal, accountId }: Exchange): boolean {
  const caller = callerName(principal);
  return (
    (fault.service === undefined || fault.service === request.service) &&
    (fault.action === "*" || fault.action === request.action) &&
    (fault.account === undefined || fault.account === accountId) &&
    (fault.principal === undefined || caller.includes(fault.principal))
  );
}

/** The error that a fault answers a request with. */
export function faultError(
  kind: Exclude<FaultRequest["kind"], "delay">,
  { code, status }: FaultRequest,
  { request, principal }: Exchange,
): AwsError {
  const { service, action } = request;
  const [usual, message]: readonly [ServiceError, string] = {
    throttle: [serviceError("throttled", request), "Rate exceeded"] as const,
    error: [
      serviceError("failed", request),
      "The request processing has failed because of an unknown error, exception or failure.",
    ] as const,
    timeout: [{ code: "ServiceUnavailable", status: 503 }, "The request was never answered."] as const,
    refuse: [
      serviceError("access denied", request),
      `User: ${callerName(principal)} is not authorized to perform: ${service}:${action} because a fault set in the lab refuses it`,
    ] as const,
  }[kind];
  return new AwsError(code ?? usual.code, message, status ?? usual.status);
}
