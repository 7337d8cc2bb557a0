import { MODES, RESPONDER_ENV, type MayUndo, type Mode, type TrustSettings } from "../contract";
import { SettingsError } from "../shared/errors";
import { readPause, type Pause } from "../shared/pause";
import { NOBODY, parseMayUndo, parseTrustSettings } from "./trust-settings";

/** How this account responds to user creations. */
export interface Settings {
  readonly mode: Mode;
  readonly policyArn: string;
  readonly topicArn: string;
  readonly accountId: string;
  /** @default the account id */
  readonly accountName: string;
  /** Version of this project, for example `0.2.0`. */
  readonly version: string;
  /** Partition of {@link policyArn}: `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** Path of the roles that this project deploys, from `/` to `/`. @default / */
  readonly rolePath: string;
  /** @default nobody is trusted */
  readonly trust: TrustSettings;
  /** @default nobody may undo a quarantine */
  readonly mayUndo: readonly MayUndo[];
  /** @default true */
  readonly deactivateAccessKeys: boolean;
  /** @default false */
  readonly deleteLoginProfile: boolean;
  /** Address of docs/runbook.md for readers of an alert. @default - alerts name its sections in words */
  readonly runbookUrl: string | undefined;
  /** The topic that starts the hold; undefined in the function of the hold. */
  readonly holdTopicArn: string | undefined;
  /** Until it ends, no new user is denied. @default - there is no pause */
  readonly pause?: Pause | undefined;
}

const POLICY_ARN = /^arn:(aws[a-z-]*):iam::\d{12}:policy\/[\x21-\x7e]+$/;
/** Source: Semantic Versioning 2.0.0. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/;

/**
 * Reads the settings from the environment that the account's stack writes.
 * @throws SettingsError listing every bad variable
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const required = (name: string, expected: string, ok: (value: string) => boolean): string => {
    const value = env[name] ?? "";
    if (!ok(value)) {
      problems.push(`${name}: expected ${expected}, got ${value === "" ? "nothing" : value}`);
    }
    return value;
  };
  const mode = required(RESPONDER_ENV.mode, `one of ${MODES.join(", ")}`, isMode);
  const policyArn = required(RESPONDER_ENV.policyArn, "the ARN of a managed policy", (v) =>
    POLICY_ARN.test(v),
  );
  const topicArn = required(RESPONDER_ENV.topicArn, "the ARN of a topic", (v) => TOPIC_ARN.test(v));
  const accountId = required(RESPONDER_ENV.accountId, "12 digits", (v) => /^\d{12}$/.test(v));
  const version = required(RESPONDER_ENV.version, "a version such as 0.2.0", (v) => VERSION.test(v));
  const settings: Settings = {
    mode: isMode(mode) ? mode : "enforce",
    policyArn,
    topicArn,
    accountId,
    accountName: env[RESPONDER_ENV.accountName] || accountId,
    version,
    partition: POLICY_ARN.exec(policyArn)?.[1] ?? "aws",
    rolePath: env[RESPONDER_ENV.rolePath] || "/",
    trust: readJson(env, RESPONDER_ENV.trust, NOBODY, parseTrustSettings, problems),
    mayUndo: readJson(env, RESPONDER_ENV.mayUndo, [], parseMayUndo, problems),
    deactivateAccessKeys: readFlag(env, RESPONDER_ENV.deactivateAccessKeys, true, problems),
    deleteLoginProfile: readFlag(env, RESPONDER_ENV.deleteLoginProfile, false, problems),
    runbookUrl: env[RESPONDER_ENV.runbookUrl] || undefined,
    holdTopicArn: readTopicArn(env[RESPONDER_ENV.holdTopicArn], problems),
    // An unreadable pause counts as none, and is not a mistake: it must not stop the function from denying.
    pause: readPause(env[RESPONDER_ENV.pause]),
  };
  if (problems.length > 0) {
    throw new SettingsError("security-response", problems);
  }
  return settings;
}

function readTopicArn(value: string | undefined, problems: string[]): string | undefined {
  if (!value) {
    return undefined;
  }
  if (!TOPIC_ARN.test(value)) {
    problems.push(`${RESPONDER_ENV.holdTopicArn}: expected the ARN of a topic, got ${value}`);
  }
  return value;
}

function isMode(value: string): value is Mode {
  return MODES.some((mode) => mode === value);
}

function readJson<T>(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  defaultValue: T,
  parse: (text: string, problems: string[]) => T,
  problems: string[],
): T {
  const text = env[name];
  if (!text) {
    return defaultValue;
  }
  const found: string[] = [];
  const value = parse(text, found);
  problems.push(...found.map((problem) => `${name}: ${problem}`));
  return value;
}

function readFlag(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  defaultValue: boolean,
  problems: string[],
): boolean {
  const value = env[name];
  if (!value) {
    return defaultValue;
  }
  if (value !== "true" && value !== "false") {
    problems.push(`${name}: expected true or false, got ${value}`);
  }
  return value === "true";
}
