/** The parts of `arn:aws:iam::111122223333:user/path/name`. */
export interface UserArn {
  readonly partition: string;
  readonly accountId: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly userName: string;
}

const USER_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):user(\/(?:.*\/)?)([^/]+)$/s;

/** Takes an IAM user's ARN apart: the name is what follows the last slash. Undefined when it is none. */
export function parseUserArn(arn: string): UserArn | undefined {
  const [, partition, accountId, path, userName] = USER_ARN.exec(arn) ?? [];
  if (!partition || !accountId || !path || !userName) {
    return undefined;
  }
  return { partition, accountId, path, userName };
}

export function formatUserArn({ partition, accountId, path, userName }: UserArn): string {
  return `arn:${partition}:iam::${accountId}:user${path}${userName}`;
}
