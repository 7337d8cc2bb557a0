import { printJson } from "../../cli/shell";
import { testShell } from "../support/cli/shell";

test("JSON has no raw character that moves the cursor, or turns or hides text, and the same values", () => {
  const value = { "user\u009b2J": ["a\u202eb", "\u{e0041}", "\u2028", "é\n𐐀"] };
  const { shell, stdout } = testShell("/");

  printJson(shell, value);

  expect(stdout()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(stdout()).toContain('"a\\u202eb"');
  expect(stdout()).toContain("é\\n𐐀");
  expect(JSON.parse(stdout())).toEqual(value);
});
