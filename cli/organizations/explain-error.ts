import { CommandError } from "../errors";
import { RETRIES } from "./aws-client";

const NEEDED =
  "Required permissions, in the management account or a delegated administrator of Organizations (--role-arn " +
  "assumes a role there): organizations:DescribeOrganization, ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent " +
  "and DescribeAccount";

/** What to do, by the name of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  // The error of STS; Organizations uses the longer name.
  AccessDenied: "The role of --role-arn must trust these credentials, and they must be allowed to assume it",
  AccessDeniedException: NEEDED,
  AWSOrganizationsNotInUseException: "The account of these credentials is not in an organization",
  CredentialsProviderError:
    "Provide credentials as for the AWS CLI: a profile, SSO, or environment variables",
  ExpiredToken: "Sign in again",
  ExpiredTokenException: "Sign in again",
  ThrottlingException: `Still throttled after ${RETRIES.maxAttempts} attempts: run the command again later`,
  TooManyRequestsException: `Still throttled after ${RETRIES.maxAttempts} attempts: run the command again later`,
};

/** Turns an error of AWS, or of the connection to AWS, into a message for the operator; returns any other. */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error) || !isFromAws(error)) {
    return error;
  }
  const advice = ADVICE[error.name];
  const message = `AWS Organizations could not be read: ${error.name}: ${error.message || codeOf(error)}`;
  return new CommandError(advice === undefined ? message : `${message}\n${advice}.`, { cause: error });
}

/**
 * The SDK marks the answers of a service; an error of the connection has the code of a system error.
 */
function isFromAws(error: Error): boolean {
  return "$metadata" in error || error.name === "CredentialsProviderError" || codeOf(error) !== "";
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
