/** The command and the option of `aws iam` for each kind of credential that a quarantine sets inactive. */
const COMMANDS = {
  "access key": ["update-access-key", "--access-key-id"],
  "SSH public key": ["update-ssh-public-key", "--ssh-public-key-id"],
  "service-specific credential": ["update-service-specific-credential", "--service-specific-credential-id"],
  "signing certificate": ["update-signing-certificate", "--certificate-id"],
} as const;

export type CredentialKind = keyof typeof COMMANDS;

/** Line in an outcome's `done` about a credential that was set inactive. */
export function stopped(kind: CredentialKind, id: string): string {
  return `set ${kind} ${id} inactive`;
}

const STOPPED = new RegExp(`^set (${Object.keys(COMMANDS).join("|")}) (\\w+) inactive$`);

/**
 * The commands that set the credentials in `done` active again.
 *
 * @param user The option that names the user.
 */
export function undoCommands(done: readonly string[], user: string): string[] {
  return done.flatMap((description) => {
    const [, kind, id] = STOPPED.exec(description) ?? [];
    if (kind === undefined) {
      return [];
    }
    const [command, option] = COMMANDS[kind as CredentialKind];
    return [`aws iam ${command} ${user} --status Active ${option} ${id}`];
  });
}
