import { trustEnd } from "../../../functions/shared/trust-end";

test("a day ends where the next one begins, in UTC", () => {
  expect(trustEnd("2026-12-31")).toBe(Date.parse("2027-01-01T00:00:00Z"));
  expect(trustEnd("2028-02-29")).toBe(Date.parse("2028-03-01T00:00:00Z"));
});

test.each([
  "2026-02-30",
  "2027-02-29",
  "2026-13-01",
  "2026-00-10",
  "2026-1-2",
  "2026-12-31T00:00:00Z",
  "",
  "0",
])("%j is no date", (text) => {
  expect(trustEnd(text)).toBeUndefined();
});
