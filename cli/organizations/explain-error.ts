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

/** A wrong clock causes the same error as a wrong signature. Only AWS's message differs. */
const WRONG_CLOCK =
  /^(?:RequestExpired|RequestTimeTooSkewed|RequestInTheFuture)\b|Signature expired|Signature not yet current/;
const SET_THE_CLOCK =
  "AWS refuses a request whose time differs from its own by some minutes: set the clock of this machine";

/** Turns an error of AWS, or of the connection to AWS, into a message for the operator; returns any other. */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error) || !isFromAws(error)) {
    return error;
  }
  const advice = WRONG_CLOCK.test(`${error.name}: ${error.message}`) ? SET_THE_CLOCK : ADVICE[error.name];
  const message = `AWS Organizations could not be read: ${error.name}: ${error.message || codeOf(error)}`;
  return new CommandError(advice === undefined ? message : `${message}\n${advice}.`, { cause: error });
}

/** The SDK marks errors of a service. An error of the connection has the code of a system error. */
function isFromAws(error: Error): boolean {
  return "$metadata" in error || error.name === "CredentialsProviderError" || codeOf(error) !== "";
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
