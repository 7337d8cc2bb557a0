import { z } from "zod";

const milliseconds = z.number().int().min(0).max(3_600_000);

const accountId = z.string().regex(/^\d{12}$/, "expected 12 digits");

/** What can be changed while the lab runs; times are in milliseconds. */
export const settingsSchema = z.strictObject({
  /** How long after CreateUser IAM calls that name the user answer NoSuchEntity. */
  newUserDelayMs: milliseconds,
  /** How long after a change of policies, tags or keys the state before it still decides. */
  propagationMs: milliseconds,
  /** Time from an IAM call to its event on the account's default bus. */
  eventDelayMs: milliseconds,
  /** Time from a call to its event in what LookupEvents finds. */
  lookupDelayMs: milliseconds,
  /** Pauses before Lambda's asynchronous retries; the last one repeats. */
  lambdaRetryDelaysMs: z.array(milliseconds).min(1).max(10),
  /** AssumeRole for a role of the first account starts a session of the same role in the second account. */
  rolesLeadTo: z.record(accountId, accountId),
});

export type LabSettings = Readonly<z.infer<typeof settingsSchema>>;

/** The settings of a running lab. */
export class SettingsStore {
  private inForce: LabSettings;

  constructor(initial: LabSettings) {
    this.inForce = initial;
  }

  get current(): LabSettings {
    return this.inForce;
  }

  /** Changes some settings and keeps the others. */
  change(changes: Partial<LabSettings>): LabSettings {
    this.inForce = { ...this.inForce, ...changes };
    return this.inForce;
  }
}
