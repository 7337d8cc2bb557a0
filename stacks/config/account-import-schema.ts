import { z } from "zod";
import { text } from "./text";

const accountId = text(/^\d{12}$/, "12 digits in quotes");
const ouPattern = text(
  /^\/.*$/,
  "a path of organizational units, such as /Sandbox/** (/ is the root of the organization)",
);

/** How `quarantine accounts import` brings the accounts of AWS Organizations into this file. */
export const accountImportSchema = z
  .strictObject({
    waves: z
      .array(
        z.strictObject({
          ou: ouPattern.describe(
            "Path of OU names from the root; * stands for one name, ** for any number of them, and all beneath.",
          ),
          wave: z.string({ error: "one of the waves" }).describe("Wave of new accounts there, one of waves."),
        }),
      )
      .optional()
      .describe("Wave of a new account by its organizational unit. The first entry that matches decides."),
    include: z
      .array(accountId)
      .optional()
      .describe("Accounts to import although they are suspended, excluded or the management account."),
    exclude: z
      .array(text(/^(?:\d{12}|\/.*)$/, "an account id in quotes, or a path of organizational units"))
      .optional()
      .describe("Accounts that are not imported: ids, or paths of organizational units as in waves."),
  })
  .describe("How `quarantine accounts import` fills accounts from AWS Organizations.");

/** `accountImport` as written: optional keys may be missing. */
export type AccountImportFile = z.infer<typeof accountImportSchema>;
