import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
} from "@aws-sdk/client-iam";
import { SIMULATION_PATH } from "../contract";
import { ANSWER_RESERVE_MS, failureOf, retryOn, type Failure } from "../shared/iam-errors";
import { runConcurrently } from "../shared/run-concurrently";
import type { Dependencies } from "./dependencies";
import type { Kind } from "./request";

/** A user the simulation made. Neither the secret of its key nor its password is kept anywhere. */
export interface SimulatedUser {
  readonly userName: string;
  readonly arn: string;
  readonly path: string;
  readonly accessKeyId?: string;
  readonly loginProfile: boolean;
  readonly administratorAccess: boolean;
}

export interface SimulationAnswer {
  readonly runId: string;
  readonly kind: Kind;
  readonly users: readonly SimulatedUser[];
  readonly failed: readonly Failure[];
}

export interface Simulation {
  readonly runId: string;
  readonly kind: Kind;
  readonly count: number;
  /** `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
}

/** This many users are created at once. */
const CONCURRENCY = 10;

/** Creates users as an attacker would. Answers with what it made even when a part of it failed. */
export async function simulate(
  simulation: Simulation,
  dependencies: Dependencies,
): Promise<SimulationAnswer> {
  const { runId, kind, count } = simulation;
  const users: SimulatedUser[] = [];
  const failed: Failure[] = [];
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await runConcurrently(numbers, CONCURRENCY, async (number) => {
    const made = await createVictim(`attack-simulation-${runId}-${number}`, simulation, dependencies, failed);
    if (made) {
      users.push(made);
    }
  });
  return { runId, kind, users, failed };
}

async function createVictim(
  userName: string,
  simulation: Simulation,
  dependencies: Dependencies,
  failed: Failure[],
): Promise<SimulatedUser | undefined> {
  const path = `${SIMULATION_PATH}${simulation.runId}/`;
  let arn: string;
  try {
    if (dependencies.remaining() < ANSWER_RESERVE_MS) {
      throw new Error("no time was left to create this user");
    }
    const { User } = await dependencies.iam.send(new CreateUserCommand({ UserName: userName, Path: path }));
    arn = User?.Arn ?? "";
  } catch (error) {
    failed.push(failureOf(userName, "CreateUser", error));
    return undefined;
  }
  const bare = { userName, arn, path, loginProfile: false, administratorAccess: false };
  return { ...bare, ...(await equip(userName, simulation, dependencies, failed)) };
}

async function equip(
  userName: string,
  { kind, partition }: Simulation,
  dependencies: Dependencies,
  failed: Failure[],
): Promise<Partial<SimulatedUser>> {
  const tryTo = async <T>(step: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      // Right after CreateUser, IAM may not know the user yet.
      return await retryOn(["NoSuchEntity"], act, dependencies);
    } catch (error) {
      failed.push(failureOf(userName, step, error));
      return undefined;
    }
  };
  if (kind === "create-admin-user") {
    const [administratorAccess, accessKeyId] = await Promise.all([
      tryTo("AttachUserPolicy", () => attachAdministrator(userName, partition, dependencies)),
      tryTo("CreateAccessKey", () => createAccessKey(userName, dependencies)),
    ]);
    return { administratorAccess: !!administratorAccess, ...(accessKeyId ? { accessKeyId } : {}) };
  }
  if (kind !== "create-console-user") {
    return {};
  }
  return {
    loginProfile: !!(await tryTo("CreateLoginProfile", () => createLoginProfile(userName, dependencies))),
  };
}

/** ARN of the policy that the simulation attaches. */
export function administratorAccessArn(partition: string): string {
  return `arn:${partition}:iam::aws:policy/AdministratorAccess`;
}

async function attachAdministrator(
  UserName: string,
  partition: string,
  { iam }: Dependencies,
): Promise<boolean> {
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: administratorAccessArn(partition) }));
  return true;
}

async function createAccessKey(UserName: string, { iam }: Dependencies): Promise<string | undefined> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return AccessKey?.AccessKeyId;
}

async function createLoginProfile(UserName: string, { iam, password }: Dependencies): Promise<boolean> {
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: password() }));
  return true;
}
