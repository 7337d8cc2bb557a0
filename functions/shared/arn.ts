/**
 * The fields of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Source: IAM guide, "Amazon Resource Names".
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for global services such as IAM. */
  readonly region: string;
  /** 12 digits, `aws` for what AWS owns, empty where a service leaves it out, as S3 does. */
  readonly accountId: string;
  /** What follows the fifth colon; it may hold colons itself. */
  readonly resource: string;
}

/** Parses an ARN. Undefined for text that is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...resource] = text.split(":");
  if (prefix !== "arn" || !partition || !service || resource.length === 0) {
    return undefined;
  }
  return {
    partition,
    service,
    region: region ?? "",
    accountId: accountId ?? "",
    resource: resource.join(":"),
  };
}

/** User names: IAM API reference, CreateUser, `UserName`. */
export const USER_NAME = /^[\w+=,.@-]{1,64}$/;

/** The parts of `arn:aws:iam::111122223333:user/path/name`. */
export interface UserArn {
  readonly partition: string;
  readonly accountId: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly userName: string;
}

/** Parses an IAM user's ARN: the name is what follows the last slash. Undefined for any other text. */
export function parseUserArn(text: string): UserArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "iam" || !/^aws[a-z-]*$/.test(arn.partition) || !/^\d{12}$/.test(arn.accountId)) {
    return undefined;
  }
  const [, path, userName] = /^user(\/(?:.*\/)?)([^/]+)$/s.exec(arn.resource) ?? [];
  if (arn.region !== "" || !path || !userName) {
    return undefined;
  }
  return { partition: arn.partition, accountId: arn.accountId, path, userName };
}

export function formatUserArn({ partition, accountId, path, userName }: UserArn): string {
  return `arn:${partition}:iam::${accountId}:user${path}${userName}`;
}
