import { quoted } from "../../../functions/security-notifier/quoted";

test.each([
  ["https://evil.example", "https[:]//evil.example"],
  ["www.evil.example", "www[.]evil.example"],
  // Without its quotes it is a link.
  ['https:"//evil.example', "https[:]//evil.example"],
  ["https:\\//evil.example", "https[:]//evil.example"],
  ["www'.evil.example", "www[.]evil.example"],
])("%s is no link", (text, shown) => {
  expect(quoted(text)).toBe(shown);
});

test("no text is longer than its limit, however many links are in it", () => {
  expect(quoted("www.".repeat(100), 50)).toHaveLength(50);
});
