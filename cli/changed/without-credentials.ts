/** Where AWS, Terraform, npm and GitHub Actions keep what lets a program act for somebody. */
const CREDENTIALS = [
  /^AWS_/,
  /^TF_TOKEN_/,
  /^ACTIONS_ID_TOKEN_REQUEST_/,
  /^(?:ACTIONS_RUNTIME|GITHUB|GH|NODE_AUTH|NPM)_TOKEN$/,
];

/**
 * The environment for code of a revision, which needs no credentials to synthesize. It is no sandbox: the
 * code still runs as this user, and can read what this user can.
 */
export function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !CREDENTIALS.some((pattern) => pattern.test(name))),
  );
}
