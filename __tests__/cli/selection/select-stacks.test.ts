import { UsageError } from "../../../cli/errors";
import type { SelectionOptions } from "../../../cli/selection/options";
import { selectListed } from "../../../cli/selection/select-stacks";
import { selectTargets } from "../../../cli/selection/select-targets";
import { phaseName, stackTargets } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";

// security, and the waves canary: sandbox, production: payments, research, legacy.
const targets = stackTargets(parseRollout("rollout.yaml", SAMPLE_YAML, "/"));
const select = (options: SelectionOptions) => selectTargets(targets, options).map(({ name }) => name);

test("all of them, in the order of the rollout", () => {
  expect(select({})).toEqual(["security", "sandbox", "payments", "research", "legacy"]);
});

test("the guard, when it is enabled, comes last, and with no wave", () => {
  const guarded = stackTargets(parseRollout("rollout.yaml", GUARDED_YAML, "/"));
  const selected = (options: SelectionOptions) => selectTargets(guarded, options).map(({ name }) => name);

  expect(selected({})).toEqual(["security", "sandbox", "payments", "research", "legacy", "management"]);
  expect(selected({ wave: ["canary"] })).toEqual(["security", "sandbox"]);
  expect(selected({ account: ["management"] })).toEqual(["management"]);
  expect(selected({ account: ["999988887777", "sandbox"] })).toEqual(["sandbox", "management"]);
  expect(guarded.map(phaseName).at(-1)).toBe("management account");
});

describe("--account", () => {
  test.each([
    [["payments"], ["payments"]],
    [["777788889999"], ["payments"]],
    [
      ["research", "sandbox"],
      ["sandbox", "research"],
    ],
    [["*s*"], ["security", "sandbox", "payments", "research"]],
    [["{sandbox,legacy}"], ["sandbox", "legacy"]],
    [["pay*", "payments", "777788889999"], ["payments"]],
    [["security"], ["security"]],
    [["*"], ["security", "sandbox", "payments", "research", "legacy"]],
  ])("%j selects %j", (account, names) => {
    expect(select({ account })).toEqual(names);
  });

  test.each([
    ["paymets", "--account paymets: matches no account; did you mean payments?"],
    ["something-else", "--account something-else: matches no account"],
    // An id is no glob: half of one would select accounts by chance.
    ["7777*", "--account 7777*: matches no account"],
    ["Payments", "--account Payments: matches no account; did you mean payments?"],
    ["", "--account : matches no account"],
  ])("%j is refused", (pattern, message) => {
    expect(() => select({ account: ["sandbox", pattern] })).toThrow(UsageError);
    expect(() => select({ account: ["sandbox", pattern] })).toThrow(message);
  });

  test("what is the name of one account and the id of another is refused, whatever the wave", () => {
    const ambiguous = [...targets, { name: "777788889999", accountId: "888899990000", wave: "canary" }];
    const refused = new UsageError(
      "--account 777788889999: is the name of 888899990000 and the id of payments. Rename the account 777788889999",
    );

    expect(() => selectTargets(ambiguous, { account: ["777788889999"] })).toThrow(refused);
    expect(() => selectTargets(ambiguous, { account: ["777788889999"], wave: ["canary"] })).toThrow(refused);
    expect(() => selectListed(ambiguous, {}, ["777788889999"])).toThrow(refused);
    expect(selectTargets(ambiguous, { account: ["payments"] }).map(({ name }) => name)).toEqual(["payments"]);
  });

  test("does not suggest what is far away", () => {
    expect(() => select({ account: ["something-else"] })).not.toThrow("did you mean");
  });

  test("no account at all is no account, not every account", () => {
    expect(select({ account: [] })).toEqual([]);
  });
});

describe("--wave", () => {
  test.each([
    [["canary"], ["security", "sandbox"]],
    [["production"], ["security", "payments", "research", "legacy"]],
    [
      ["production", "canary"],
      ["security", "sandbox", "payments", "research", "legacy"],
    ],
  ])("%j brings the security account, on which it depends: %j", (wave, names) => {
    expect(select({ wave })).toEqual(names);
  });

  test("a wave that does not exist is refused, with those that do", () => {
    expect(() => select({ wave: ["canary", "prod"] })).toThrow(
      new UsageError("--wave prod: expected a wave that has accounts: canary, production"),
    );
  });
});

describe("both together", () => {
  test("select what is in both", () => {
    expect(select({ wave: ["production"], account: ["*s*"] })).toEqual(["payments", "research"]);
  });

  test("the security account is in no wave", () => {
    expect(() => select({ wave: ["canary"], account: ["security"] })).toThrow(UsageError);
  });

  test("an account of another wave is refused, naming the wave", () => {
    expect(() => select({ wave: ["canary"], account: ["payments"] })).toThrow(
      "--account payments: matches no account in wave canary",
    );
  });
});

describe("with a list of accounts", () => {
  const listed = (list: string[] | undefined, options: SelectionOptions = {}) =>
    selectListed(targets, options, list).map(({ name }) => name);

  test("without a list, everything selected", () => {
    expect(listed(undefined, { wave: ["canary"] })).toEqual(["security", "sandbox"]);
  });

  test("one list serves every wave", () => {
    expect(listed(["payments", "sandbox"], { wave: ["canary"] })).toEqual(["sandbox"]);
  });

  test("an empty list selects no account", () => {
    expect(listed([])).toEqual([]);
  });

  test("a name on it that is not an account is refused", () => {
    expect(() => listed(["paymets"])).toThrow("did you mean payments?");
  });
});
