import { EventError } from "../../../functions/security-response/errors";
import { readEvent } from "../../../functions/security-response/event/event";
import { decide, type Grounds } from "../../../functions/security-response/verdict/verdict";
import { change, fixtureNames, loadFixture } from "../../support/load-fixture";

/** One file of `fixtures/verdicts`: an event fixture, what is changed in it, and what must come of it. */
interface VerdictCase {
  readonly event: string;
  readonly change?: Record<string, unknown>;
  readonly grounds?: Partial<Grounds>;
  readonly expect: { readonly action?: string; readonly rule?: string; readonly error?: string };
}

const GROUNDS: Grounds = {
  mode: "enforce",
  accountId: "111122223333",
  partition: "aws",
  rolePath: "/",
  policyArn: "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine",
  mayUndo: [],
  trust: { creators: [], users: [] },
  now: Date.parse("2026-12-31T23:59:59.999Z"),
};

function judge({ event: name, change: changes = {}, grounds }: VerdictCase): VerdictCase["expect"] {
  const event = loadFixture(`events/${name}`);
  for (const [path, value] of Object.entries(changes)) {
    change(event, path, value);
  }
  try {
    const { verdict } = decide(readEvent(event), { ...GROUNDS, ...grounds });
    expect(verdict.reason).toMatch(/\w+ \w+/);
    return { action: verdict.action, rule: verdict.rule };
  } catch (error) {
    if (!(error instanceof EventError)) {
      throw error;
    }
    expect(error.message).toContain(`${error.field}: expected `);
    return { error: error.field };
  }
}

test("there are cases", () => {
  const names = fixtureNames("verdicts");

  expect(names.length).toBeGreaterThanOrEqual(40);
});

test.each(fixtureNames("verdicts"))("verdict: %s", (name) => {
  const verdictCase = loadFixture(`verdicts/${name}`) as unknown as VerdictCase;

  const came = judge(verdictCase);

  expect(came).toEqual(verdictCase.expect);
});
