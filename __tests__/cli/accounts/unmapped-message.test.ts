import { parse } from "yaml";
import { unmappedMessage } from "../../../cli/accounts/unmapped-message";

/** The lines of the message that are to be copied into the file. */
function yamlOf(message: string): string {
  return message
    .split("\n")
    .filter((line) => /^ +(?:accountImport:|waves:|- ou:|wave:)/.test(line))
    .join("\n");
}

test.each([
  "/Prod",
  "/R&D: EU #1",
  "/Zürich 东京",
  "/Prod\u202Edorp",
  "/a\u001B[2Jb",
  "/a\nb",
  "/a\u2028\u0085\u{E0001}b",
  '/say "x" \\ \u202E',
])("the entry for the unit %j is printable, and means that unit", (ouPath) => {
  const accounts = [{ id: "444455556666", organizationName: "Sandbox", ouPath }];

  const message = unmappedMessage("rollout.yaml", accounts, ["canary", "production"]);

  expect(message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(parse(yamlOf(message))).toEqual({
    accountImport: { waves: [{ ou: `${ouPath}/**`, wave: "production" }] },
  });
});
