/** How each kind of credential that a quarantine sets inactive is named to `aws iam`. */
const COMMANDS = {
  "access key": ["update-access-key", "--access-key-id"],
  "SSH public key": ["update-ssh-public-key", "--ssh-public-key-id"],
  "service-specific credential": ["update-service-specific-credential", "--service-specific-credential-id"],
  "signing certificate": ["update-signing-certificate", "--certificate-id"],
} as const;

export type CredentialKind = keyof typeof COMMANDS;

/** What an outcome's `done` says of a credential that was set inactive. */
export function stopped(kind: CredentialKind, id: string): string {
  return `set ${kind} ${id} inactive`;
}

const STOPPED = new RegExp(`^set (${Object.keys(COMMANDS).join("|")}) (\\w+) inactive$`);

/**
 * The commands that undo what `done` says of credentials.
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
