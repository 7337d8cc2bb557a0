import { DRILL_ENV } from "../contract";
import { readSettings as readResponderSettings, type Settings } from "../security-response/settings";
import { SettingsError } from "../shared/errors";

/** What the drill has to know of the account, as the responder does. */
export interface DrillSettings extends Settings {
  /** Hours from one drill to the next. */
  readonly everyHours: number;
}

/**
 * Reads the settings from the environment that the account's stack writes.
 * @throws SettingsError listing the bad variables
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): DrillSettings {
  const settings = readResponderSettings(env);
  const everyHours = Number(env[DRILL_ENV.everyHours]);
  if (!Number.isInteger(everyHours) || everyHours < 1) {
    const found = env[DRILL_ENV.everyHours] || "nothing";
    throw new SettingsError("quarantine-drill", [
      `${DRILL_ENV.everyHours}: expected whole hours, got ${found}`,
    ]);
  }
  return { ...settings, everyHours };
}
