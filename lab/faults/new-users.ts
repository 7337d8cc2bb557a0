import type { Guard, Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import { AwsError } from "../shared/errors";

/**
 * Users that have not reached every part of IAM yet: for a while after CreateUser, calls that name the user
 * answer NoSuchEntity, as they can on AWS
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, eventual consistency).
 */
export class NewUsers {
  private readonly clock: Pick<Clock, "now">;
  private readonly delayMs: () => number;
  /** When each user was created, in milliseconds since 1970. */
  private readonly createdAt = new Map<string, number>();

  constructor(clock: Pick<Clock, "now">, delayMs: () => number) {
    this.clock = clock;
    this.delayMs = delayMs;
  }

  readonly guard: Guard = ({ request, accountId }) => {
    const { UserName } = request.params;
    if (request.service !== "iam" || typeof UserName !== "string") {
      return;
    }
    const createdAt = this.createdAt.get(`${accountId} ${UserName}`);
    if (createdAt === undefined || request.action === "CreateUser") {
      return;
    }
    if (this.clock.now().getTime() >= createdAt + this.delayMs()) {
      this.createdAt.delete(`${accountId} ${UserName}`);
      return;
    }
    throw new AwsError("NoSuchEntity", `The user with name ${UserName} cannot be found.`, 404);
  };

  readonly observe: Observer = ({ request, accountId }, response) => {
    if (request.service !== "iam" || request.action !== "CreateUser" || response.status >= 300) {
      return;
    }
    if (this.delayMs() === 0) {
      return;
    }
    this.createdAt.set(`${accountId} ${String(request.params["UserName"])}`, this.clock.now().getTime());
  };
}
