import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { UsedPermission } from "./authorization/used-permissions";
import type { Metric } from "./cloudwatch/metrics";
import { createEmulation } from "./emulation";
import type { SeenEvent } from "./eventbridge/event-log";
import type { BusEvent } from "./exchange/bus-event";
import { forwardTo } from "./exchange/forward";
import { motoClient } from "./exchange/moto-client";
import { operationFinder } from "./exchange/unknown-to-moto";
import type { Faults } from "./faults/faults";
import { startGateway } from "./gateway/http-server";
import { labRoutes } from "./lab-routes";
import type { LogLine } from "./lambda/function-logs";
import { findPython } from "./moto/find-python";
import { startMoto } from "./moto/moto-process";
import type { LabAccount } from "./organization/accounts";
import { seedAccount, seedOrganization, type UserCredentials } from "./organization/seed";
import type { SettingsStore } from "./settings";
import type { InboxMessage } from "./sns/inbox";

/** How {@link startLab} sets the lab up. */
export interface LabOptions {
  /** @default - `o-lab0000001` */
  readonly organizationId?: string;
  readonly managementAccount: LabAccount;
  readonly securityAccount: LabAccount;
  readonly memberAccounts: readonly LabAccount[];
  /** @default - `us-east-1` */
  readonly region?: string;
  /** Port of the gateway on 127.0.0.1. @default - any free port */
  readonly port?: number;
  /** How long after CreateUser IAM calls that name the user answer NoSuchEntity. @default - 0 */
  readonly newUserDelayMs?: number;
  /** How long after a change of policies, tags or keys the state before it still decides. @default - 0 */
  readonly propagationMs?: number;
  /** Time from an IAM call to its event on the account's default bus. @default - 0 */
  readonly eventDelayMs?: number;
  /** Time from a call to its event in what CloudTrail's LookupEvents finds. @default - 0 */
  readonly lookupDelayMs?: number;
  /** Pauses before EventBridge's retries; the last one repeats. @default - 200 ms to 3 s */
  readonly deliveryRetryDelaysMs?: readonly number[];
  /** Pauses before Lambda's asynchronous retries; AWS waits 1 and 2 minutes. @default - 1 s, 2 s */
  readonly lambdaRetryDelaysMs?: readonly number[];
  /** Processes one function may have at once. @default - 4 */
  readonly lambdaMaxConcurrency?: number;
  /** @default - nothing is logged */
  readonly log?: (line: string) => void;
}

/** A running lab. */
export interface Lab {
  /** The value of `AWS_ENDPOINT_URL` for AWS clients. */
  readonly endpoint: string;
  readonly region: string;
  readonly organizationId: string;
  /** The management account first, then the security account and the members. */
  readonly accounts: readonly LabAccount[];
  /** Credentials of the administrator user of an account. */
  credentials(accountId: string): UserCredentials;
  /** Environment of a child process that works in an account; variables to remove are undefined. */
  environment(accountId: string): Record<string, string | undefined>;
  /** Messages published to the topics of an account, oldest first. */
  inbox(accountId: string): readonly InboxMessage[];
  /** Events that the buses of an account received, oldest first. */
  events(accountId: string): readonly SeenEvent[];
  /** Events in an archive. */
  archivedEvents(accountId: string, archive: string): readonly BusEvent[];
  /** Faults set by hand. */
  readonly faults: Faults;
  /** Can be changed while the lab runs. */
  readonly settings: SettingsStore;
  /** The time on the lab's clock. */
  now(): Date;
  /** Moves the lab's clock forward; what falls due by then happens first, in its order. */
  advance(milliseconds: number): Promise<void>;
  /** Metrics of an account that have a value. */
  metrics(accountId: string): readonly Metric[];
  /** What a role or user has used of its permissions so far, reads too. */
  usedPermissions(principalArn: string): readonly UsedPermission[];
  /** Lines that a function printed, oldest first. */
  functionLogs(functionArn: string): readonly LogLine[];
  /** Stops everything; no process is left running. */
  stop(): Promise<void>;
}

type Cleanup = () => Promise<void> | void;

/** Starts moto, the gateway in front of it, and the organization in it. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const cleanups: Cleanup[] = [];
  try {
    return await start(options, cleanups);
  } catch (error) {
    await stopAll(cleanups);
    throw error;
  }
}

async function start(options: LabOptions, cleanups: Cleanup[]): Promise<Lab> {
  const log = options.log ?? (() => undefined);
  const region = options.region ?? "us-east-1";
  const organizationId = options.organizationId ?? "o-lab0000001";
  const created = [options.securityAccount, ...options.memberAccounts];
  const accounts = [options.managementAccount, ...created];

  const python = await findPython(path.resolve(".lab"), log);
  const moto = await startMoto({ python, organizationId, accountIds: accounts.map(({ id }) => id) });
  cleanups.push(() => moto.stop());
  const { forward, close } = forwardTo(moto.port);
  cleanups.push(close);

  const emulation = createEmulation({
    forward,
    organizationId,
    accountIds: accounts.map(({ id }) => id),
    endpoint: () => endpoint,
    codeFolder: mkdtempSync(path.join(tmpdir(), "iam-user-quarantine-lab-")),
    settings: {
      newUserDelayMs: options.newUserDelayMs ?? 0,
      propagationMs: options.propagationMs ?? 0,
      eventDelayMs: options.eventDelayMs ?? 0,
      lookupDelayMs: options.lookupDelayMs ?? 0,
      lambdaRetryDelaysMs: [...(options.lambdaRetryDelaysMs ?? [1_000, 2_000])],
      rolesLeadTo: {},
    },
    deliveryRetryDelaysMs: options.deliveryRetryDelaysMs ?? [200, 400, 800, 1_600, 3_000],
    lambdaMaxConcurrency: options.lambdaMaxConcurrency ?? 4,
    log,
  });
  cleanups.push(() => emulation.stop());
  const { pipeline, keys, now } = emulation;

  const client = motoClient(forward);
  const credentials = new Map<string, UserCredentials>();
  for (const account of accounts) {
    credentials.set(account.id, await seedAccount(client, keys, account, options.managementAccount.id));
  }
  await seedOrganization(client, options.managementAccount.id, created);

  const environment = (accountId: string) => environmentFor(endpoint, region, credentialsOf(accountId));
  const labRoute = labRoutes(emulation, environment);
  const gateway = await startGateway({
    ...{ pipeline, keys, labRoute, now, log, port: options.port ?? 0 },
    findOperation: operationFinder(forward),
  });
  cleanups.push(() => gateway.close());

  const endpoint = `http://127.0.0.1:${gateway.port}`;
  const credentialsOf = (accountId: string): UserCredentials => {
    const found = credentials.get(accountId);
    if (found !== undefined) {
      return found;
    }
    throw new RangeError(
      `The lab has no account ${accountId}, only ${accounts.map(({ id }) => id).join(", ")}.`,
    );
  };
  let stopping: Promise<void> | undefined;
  return {
    endpoint,
    region,
    organizationId,
    accounts,
    credentials: credentialsOf,
    environment,
    inbox: (accountId) => emulation.inbox.messagesOf(accountId),
    events: (accountId) => emulation.events.eventsOf(accountId),
    archivedEvents: (accountId, archive) => emulation.events.archivedEvents(accountId, archive),
    faults: emulation.faults,
    settings: emulation.settings,
    now: emulation.now,
    advance: emulation.advance,
    metrics: (accountId) => emulation.metrics.of(accountId),
    usedPermissions: (principalArn) => emulation.usedPermissions.of(principalArn),
    functionLogs: (functionArn) => emulation.logs.linesOf(functionArn),
    stop: () => (stopping ??= stopAll(cleanups)),
  };
}

function environmentFor(
  endpoint: string,
  region: string,
  credentials: UserCredentials,
): Record<string, string | undefined> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_DEFAULT_PROFILE: undefined,
    AWS_ROLE_ARN: undefined,
    AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  };
}

/** Stops what was started, last first. A failure to stop one part does not keep the others running. */
async function stopAll(cleanups: Cleanup[]): Promise<void> {
  const failures: unknown[] = [];
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, "The lab did not stop cleanly.");
  }
}
