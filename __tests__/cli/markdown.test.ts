import fc from "fast-check";
import { markdownCode, markdownText } from "../../cli/markdown";

const HOSTILE = fc.array(
  fc.constantFrom(
    ...[
      "|",
      "`",
      "``",
      "@team",
      "#1",
      "<img src=x onerror=alert(1)>",
      "<!--",
      "&lt;",
      "\\",
      "\\|",
      "\n",
      "\r\n",
    ],
    ...[
      "\u001b[2J",
      "\u202E",
      "\u200B",
      "https://example.com",
      "www.example.com",
      "![x](y)",
      "**",
      "$$",
      " ",
    ],
  ),
);
const TEXTS = fc.oneof(
  HOSTILE.map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);

test("nothing in a text is markup, a link, a mention or a line break", () => {
  fc.assert(
    fc.property(TEXTS, (text) => {
      const markdown = markdownText(text).replaceAll(/&#\d+;/g, "");
      expect(markdown).not.toMatch(/[&<>"'\\`*_~[\](){}|!$^#@:]|\bwww\.|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("a text in code is one code span or one element, in a table too", () => {
  fc.assert(
    fc.property(TEXTS, (text) => {
      const markdown = markdownCode(text);
      const inside = /^`([^`|\\]+)`$/.exec(markdown)?.[1] ?? /^<code>(.+)<\/code>$/.exec(markdown)?.[1] ?? "";
      const isSpan = markdown.startsWith("`");
      expect(inside === "").toBe(markdown === "");
      expect(isSpan ? inside : inside.replaceAll(/&#\d+;/g, "")).not.toMatch(
        isSpan ? /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u : /[&<>"'\\`*_~[\](){}|!$^#@:\p{Cc}\p{Cf}]/u,
      );
    }),
  );
});

test.each([
  ["payments", "payments", "`payments`"],
  ["a|b", "a&#124;b", "<code>a&#124;b</code>"],
  ["hey @team", "hey &#64;&#8203;team", "`hey @team`"],
  ["see #12", "see &#35;&#8203;12", "`see #12`"],
  ["<b>", "&#60;b&#62;", "`<b>`"],
  ["https://x.example", "https&#58;//x.example", "`https://x.example`"],
  ["WWW.x.example", "WWW&#46;x.example", "`WWW.x.example`"],
  ["`x`", "&#96;x&#96;", "<code>&#96;x&#96;</code>"],
  ["a\u202Eb\nc", "a\uFFFDb\uFFFDc", "`a\uFFFDb\uFFFDc`"],
  ["", "", ""],
])("%j as text and as code", (text, asText, asCode) => {
  expect([markdownText(text), markdownCode(text)]).toEqual([asText, asCode]);
});
