import { SWEEP_ENV, UNKNOWN_CREATOR_ACTIONS, type UnknownCreatorAction } from "../contract";
import { readSettings as readResponderSettings, type Settings } from "../security-response/settings";
import { SettingsError } from "../shared/errors";

/** The settings of the sweep: those of the responder, so that both reach the same verdicts, and its own. */
export interface SweepSettings extends Settings {
  /** Minutes from one sweep to the next. */
  readonly everyMinutes: number;
  readonly unknownCreator: UnknownCreatorAction;
}

/**
 * Reads the settings from the environment that the account's stack writes.
 * @throws SettingsError listing the bad variables
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SweepSettings {
  const settings = readResponderSettings(env);
  const problems: string[] = [];
  const everyMinutes = Number(env[SWEEP_ENV.everyMinutes]);
  if (!Number.isInteger(everyMinutes) || everyMinutes < 1) {
    problems.push(`${SWEEP_ENV.everyMinutes}: expected whole minutes, ${found(env[SWEEP_ENV.everyMinutes])}`);
  }
  const unknownCreator = UNKNOWN_CREATOR_ACTIONS.find((each) => each === env[SWEEP_ENV.unknownCreator]);
  if (unknownCreator === undefined) {
    const expected = UNKNOWN_CREATOR_ACTIONS.join(" or ");
    problems.push(
      `${SWEEP_ENV.unknownCreator}: expected ${expected}, ${found(env[SWEEP_ENV.unknownCreator])}`,
    );
  }
  if (unknownCreator === undefined || problems.length > 0) {
    throw new SettingsError("quarantine-sweep", problems);
  }
  return { ...settings, everyMinutes, unknownCreator };
}

function found(value: string | undefined): string {
  return `got ${value || "nothing"}`;
}
