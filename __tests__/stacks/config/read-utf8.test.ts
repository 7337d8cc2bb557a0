import { ConfigError } from "../../../stacks/config/errors";
import { readUtf8 } from "../../../stacks/config/read-utf8";

const read = (...parts: (string | number[])[]) =>
  readUtf8("rollout.yaml", Buffer.concat(parts.map((part) => Buffer.from(part as string))));

test.each(["", "# Zürich 研究 🔒\n", "# a replacement \uFFFD of someone else\n", "\uFEFFwaves: [canary]\n"])(
  "text in UTF-8 is read as it is: %j",
  (text) => {
    expect(read(text)).toBe(text);
  },
);

test.each<[name: string, parts: (string | number[])[], place: string, found: string]>([
  ["a letter in Latin-1", ["waves: [a]\n# caf", [0xe9], "\n"], "2:6", "0xe9 (byte offset 16)"],
  ["a letter that is cut", ["# \uFFFD é\n# ", [0xe7, 0xa0], "\n"], "2:3", "0xe7 (byte offset 11)"],
  ["the end of a letter alone", ["é", [0x80]], "1:2", "0x80 (byte offset 2)"],
  ["UTF-16", [[0xff, 0xfe], "w"], "1:1", "0xff (byte offset 0)"],
])("%s is refused with its place", (_, parts, place, found) => {
  expect(() => read(...parts)).toThrow(ConfigError);
  expect(() => read(...parts)).toThrow(
    `rollout.yaml:${place} expected text in UTF-8; found the byte ${found} (save the file as UTF-8)`,
  );
});
