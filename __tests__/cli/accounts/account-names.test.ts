import { accountNames } from "../../../cli/accounts/account-names";

/** The names of accounts with these names in Organizations, in this order. */
function namesOf(names: readonly string[], taken: readonly string[] = []): (string | undefined)[] {
  const accounts = names.map((name, index) => ({ id: `44445555${6000 + index}`, name }));
  const given = accountNames(accounts, taken);
  return accounts.map(({ id }) => given.get(id));
}

test.each([
  ["Payments", "payments"],
  ["Research & Development (EU)", "research-development-eu"],
  ["  spaces  ", "spaces"],
  ["Café Zürich", "cafe-zurich"],
  ["研究", "account"],
  ["", "account"],
  ["2024", "2024"],
  [`${"long ".repeat(9)}name that goes on`, "long-long-long-long-long-long-long-long-long-name"],
])("%j becomes %s", (name, expected) => {
  expect(namesOf([name])).toEqual([expected]);
});

test("accounts of one name get the ends of their ids, whatever their order", () => {
  expect(namesOf(["Sandbox", "other", "sandbox"])).toEqual(["sandbox-6000", "other", "sandbox-6002"]);
});

test("a name that is taken is not given again", () => {
  expect(namesOf(["Security", "Audit"], ["security", "audit-6001"])).toEqual(["security-6000", "audit"]);
});

test("a name that looks like one with an id does not collide with it", () => {
  const names = namesOf(["a", "A", "a 6001"]);

  expect(names).toEqual(["a-6000", "a-444455556001", "a-6001-444455556002"]);
});

test("a name that looks like an account's id is not given, since commands take names and ids", () => {
  expect(namesOf(["777788889999", "7777 8888 9999", "12345678901"])).toEqual([
    "777788889999-6000",
    "7777-8888-9999",
    "12345678901",
  ]);
});

test("a long name is cut so that its id fits", () => {
  const [first, second] = namesOf(["x".repeat(60), "X".repeat(60)]);

  expect(first).toBe(`${"x".repeat(45)}-6000`);
  expect(second).toBe(`${"x".repeat(45)}-6001`);
});
