import { CommandError } from "../errors";
import { RETRIES } from "./aws-client";

const NEEDED =
  "Needed in the management account or in a delegated administrator of Organizations (--role-arn assumes a role " +
  "there): organizations:DescribeOrganization, ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent " +
  "and DescribeAccount";

/** What to do, by the name of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  // STS refuses so, Organizations with the longer name.
  AccessDenied:
    "The role of --role-arn has to trust these credentials, and they have to be allowed to assume it",
  AccessDeniedException: NEEDED,
  AWSOrganizationsNotInUseException: "The account of these credentials is in no organization",
  CredentialsProviderError: "Give credentials as for the AWS CLI: a profile, SSO, or environment variables",
  ExpiredToken: "Sign in again",
  ExpiredTokenException: "Sign in again",
  ThrottlingException: `Still throttled after ${RETRIES.maxAttempts} attempts: run it again later`,
  TooManyRequestsException: `Still throttled after ${RETRIES.maxAttempts} attempts: run it again later`,
};

/** An error of AWS or of the way there, as an operator can use it; any other one as it is. */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error) || !isFromAws(error)) {
    return error;
  }
  const advice = ADVICE[error.name];
  const said = `AWS Organizations could not be read: ${error.name}: ${error.message || codeOf(error)}`;
  return new CommandError(advice === undefined ? said : `${said}\n${advice}.`, { cause: error });
}

/**
 * The SDK marks what a service answered; what never arrived has the code of a socket's or a system's error.
 */
function isFromAws(error: Error): boolean {
  return "$metadata" in error || error.name === "CredentialsProviderError" || codeOf(error) !== "";
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
