import { z } from "zod";
import type { PathProblem } from "./errors";
import { accountId, text } from "./fields";
import { at, listAt, render } from "./key-path";

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
            "Path of OU names from the root, such as `/Sandbox/**`. `*` stands for a part of one name, `**` for any number of names, including none.",
          ),
          wave: z
            .string({ error: "one of the waves" })
            .describe("One of `waves`: the wave of new accounts there."),
        }),
      )
      .optional()
      .describe("Wave of a new account by its organizational unit. The first entry that matches decides."),
    include: z
      .array(accountId)
      .optional()
      .describe("Ids of accounts to import although they are suspended, excluded or the management account."),
    exclude: z
      .array(text(/^(?:\d{12}|\/.*)$/, "an account id in quotes, or a path of organizational units"))
      .optional()
      .describe("Accounts that are not imported: ids, or paths of organizational units as in `waves`."),
  })
  .describe(
    "How `quarantine accounts import` fills `accounts` from AWS Organizations. See docs/accounts-import.md.",
  );

/** `accountImport` as written. */
export type AccountImportFile = z.input<typeof accountImportSchema>;

/** Entries of the account import that name a wave that does not exist. */
export function accountImportProblems(raw: unknown): PathProblem[] {
  const waves = listAt(raw, ["waves"]);
  return listAt(raw, ["accountImport", "waves"])
    .map((_, index) => at(raw, ["accountImport", "waves", index, "wave"]))
    .filter(({ value }) => typeof value === "string" && !waves.includes(value))
    .map(({ value, path }) => ({
      path,
      expected: `one of the waves ${waves.join(", ")}`,
      found: render(value),
    }));
}
