import type { Exchange } from "../exchange/messages";
import { callerName } from "../exchange/principal";
import { refusalOf } from "../exchange/service-errors";
import { AwsError } from "../shared/errors";
import type { FaultRequest } from "./fault";

interface Answer {
  readonly code: string;
  readonly status: number;
}

/** What services answer when they are asked too often; the others answer ThrottlingException with 400. */
const THROTTLES: Readonly<Record<string, Answer>> = {
  iam: { code: "Throttling", status: 400 },
  lambda: { code: "TooManyRequestsException", status: 429 },
  monitoring: { code: "Throttling", status: 400 },
  sns: { code: "Throttling", status: 400 },
  sqs: { code: "RequestThrottled", status: 403 },
  sts: { code: "Throttling", status: 400 },
};

/** What services answer when they fail; the others answer InternalFailure with 500. */
const FAILURES: Readonly<Record<string, Answer>> = {
  iam: { code: "ServiceFailure", status: 500 },
  lambda: { code: "ServiceException", status: 500 },
  logs: { code: "ServiceUnavailableException", status: 503 },
  sns: { code: "InternalError", status: 500 },
};

/** The error that a fault makes of a request. */
export function faultAnswer(
  kind: Exclude<FaultRequest["kind"], "delay">,
  { code, status }: FaultRequest,
  { request, principal }: Exchange,
): AwsError {
  const { service, action } = request;
  const [usual, message]: readonly [Answer, string] = {
    throttle: [THROTTLES[service] ?? { code: "ThrottlingException", status: 400 }, "Rate exceeded"] as const,
    error: [
      FAILURES[service] ?? { code: "InternalFailure", status: 500 },
      "The request processing has failed because of an unknown error, exception or failure.",
    ] as const,
    timeout: [{ code: "ServiceUnavailable", status: 503 }, "The request was never answered."] as const,
    refuse: [
      refusalOf(service),
      `User: ${callerName(principal)} is not authorized to perform: ${service}:${action} because a fault of the lab refuses it`,
    ] as const,
  }[kind];
  return new AwsError(code ?? usual.code, message, status ?? usual.status);
}
