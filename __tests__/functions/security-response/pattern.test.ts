import fc from "fast-check";
import { matches } from "../../../functions/security-response/verdict/pattern";

test.each([
  ["jack", "jack", true],
  ["jack", "jackson", false],
  ["jack", "xjack", false],
  ["jack*", "jackson", true],
  ["*son", "jackson", true],
  ["j*k*n", "jackson", true],
  ["j*k*m", "jackson", false],
  ["jac?", "jack", true],
  ["jac?", "jac", false],
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["?", "", false],
  ["**a**", "a", true],
  ["a.c", "abc", false],
  ["a[bc]", "ab", false],
  ["Jack", "jack", false],
])("%p on %p: %p", (pattern, text, expected) => {
  const matched = matches(pattern, text);

  expect(matched).toBe(expected);
});

test("agrees with a regular expression on every pattern", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });

  fc.assert(
    fc.property(letters, text, (pattern, candidate) => {
      const regex = new RegExp(`^${pattern.replace(/\*/g, ".*").replace(/\?/g, ".")}$`);
      expect(matches(pattern, candidate)).toBe(regex.test(candidate));
    }),
  );
});

test("a pattern made to stall a regular expression takes no time", () => {
  const pattern = `${"*a".repeat(200)}b`;
  const begun = performance.now();

  const matched = matches(pattern, "a".repeat(2_000));

  expect(matched).toBe(false);
  expect(performance.now() - begun).toBeLessThan(500);
});
