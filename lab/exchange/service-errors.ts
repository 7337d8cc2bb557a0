import type { AwsRequest, Protocol } from "./messages";

/** Error code and HTTP status, as a service answers them. */
export interface ServiceError {
  readonly code: string;
  readonly status: number;
}

/** Why a service does not do what it is asked for. */
export type ServiceErrorKind = "access denied" | "throttled" | "failed";

interface ErrorsByService {
  /** By signing name. */
  readonly services: Readonly<Record<string, ServiceError>>;
  /** Of services that are not listed, where their protocol decides. */
  readonly protocols?: { readonly [protocol in Protocol]?: ServiceError };
  readonly others: ServiceError;
}

const ERRORS: Readonly<Record<ServiceErrorKind, ErrorsByService>> = {
  "access denied": {
    services: {
      ec2: { code: "UnauthorizedOperation", status: 403 },
      events: { code: "AccessDeniedException", status: 400 },
      kms: { code: "AccessDeniedException", status: 400 },
      lambda: { code: "AccessDeniedException", status: 403 },
      logs: { code: "AccessDeniedException", status: 400 },
      monitoring: { code: "AccessDenied", status: 403 },
      organizations: { code: "AccessDeniedException", status: 400 },
      sns: { code: "AuthorizationError", status: 403 },
      sqs: { code: "AccessDenied", status: 403 },
    },
    protocols: {
      json: { code: "AccessDeniedException", status: 400 },
      rest: { code: "AccessDeniedException", status: 403 },
    },
    others: { code: "AccessDenied", status: 403 },
  },
  throttled: {
    services: {
      iam: { code: "Throttling", status: 400 },
      lambda: { code: "TooManyRequestsException", status: 429 },
      monitoring: { code: "Throttling", status: 400 },
      sns: { code: "Throttling", status: 400 },
      sqs: { code: "RequestThrottled", status: 403 },
      sts: { code: "Throttling", status: 400 },
    },
    others: { code: "ThrottlingException", status: 400 },
  },
  failed: {
    services: {
      iam: { code: "ServiceFailure", status: 500 },
      lambda: { code: "ServiceException", status: 500 },
      logs: { code: "ServiceUnavailableException", status: 503 },
      sns: { code: "InternalError", status: 500 },
    },
    others: { code: "InternalFailure", status: 500 },
  },
};

/** The error that the service of a request answers. */
export function serviceError(
  kind: ServiceErrorKind,
  { service, protocol }: Pick<AwsRequest, "service" | "protocol">,
): ServiceError {
  const { services, protocols, others } = ERRORS[kind];
  return services[service] ?? protocols?.[protocol] ?? others;
}
