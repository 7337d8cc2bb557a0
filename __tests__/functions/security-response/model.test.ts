import fc from "fast-check";
import { isDenyAll } from "../../../functions/security-response/containment/deny-document";
import { fakeUser, type FakeUser } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import {
  createResponder,
  HOLD_TOPIC_ARN,
  POLICY_ARN,
  START,
  type Responder,
} from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";
import { eventOf, type Call } from "../../support/undoing-calls";

const BREAK_GLASS = "arn:aws:iam::111122223333:role/BreakGlass";
const SETTINGS = { holdTopicArn: HOLD_TOPIC_ARN, mayUndo: [{ arn: BREAK_GLASS }] };
/** How long IAM takes to act on a change. */
const PROPAGATION_MS = 4_000;
const CALL_MS = 30;
/** Calls of IAM that one invocation may make, whatever happens. */
const MAX_CALLS = 6_000;

const ACTIONS = ["strip", "untag", "forge release", "rename", "new key", "detach"] as const;

interface Blow {
  readonly action: (typeof ACTIONS)[number];
  /** The user acts while IAM lets it, an administrator always. */
  readonly byUser: boolean;
  /** Calls of the responder until the blow falls. */
  readonly after: number;
}

const blows = fc.array(
  fc.record({
    action: fc.constantFrom(...ACTIONS),
    byUser: fc.boolean(),
    after: fc.integer({ min: 0, max: 25 }),
  }),
  { maxLength: 8 },
);

/** An account with mallory, bob, and somebody who acts between the calls of the responder. */
class Model {
  readonly responder: Responder;
  readonly events: Record<string, unknown>[] = [];
  private name = "mallory";
  private calls = 0;
  private readonly history: { readonly at: number; readonly denied: boolean }[] = [];
  private readonly pending: Blow[];

  constructor(
    plan: readonly Blow[],
    private readonly throttled: ReadonlySet<number>,
    refuses: boolean,
  ) {
    this.pending = [...plan];
    const policies = refuses ? Array.from({ length: 10 }, (_, i) => `arn:aws:iam::aws:policy/p${i}`) : [];
    this.responder = createResponder({
      mallory: { policies: new Set(policies), keys: new Map([["AKIAFIRST", "Active"]]) },
      latency: () => this.tick(),
    });
    this.responder.users.set(
      "bob",
      fakeUser({ userId: "AIDABOBBOBBOBBOB", keys: new Map([["AKIABOB", "Active"]]) }),
    );
  }

  get user(): FakeUser {
    return this.responder.mallory;
  }

  get denied(): boolean {
    const { policies, inline, boundary } = this.user;
    const document = inline.get("AutomatedSecurityQuarantine");
    const inlineDeny = document !== undefined && isDenyAll(document);
    return policies.has(POLICY_ARN) || inlineDeny || boundary === POLICY_ARN;
  }

  get isOver(): boolean {
    return this.pending.length === 0;
  }

  /** Before and after each call of IAM. */
  private async tick(): Promise<void> {
    this.calls++;
    await this.responder.advance(CALL_MS / 2);
    this.history.push({ at: this.responder.slept(), denied: this.denied });
    const [next] = this.pending;
    if (next && this.calls >= next.after) {
      this.calls = 0;
      this.pending.shift();
      this.strike(next);
    }
    if (this.throttled.has(this.calls) && this.calls > 0) {
      throw iamError("Throttling", "Rate exceeded");
    }
  }

  private strike({ action, byUser }: Blow): void {
    const then = this.responder.slept() - PROPAGATION_MS;
    const isBound = this.history.filter(({ at }) => at <= then).at(-1)?.denied ?? false;
    if (byUser && isBound) {
      return;
    }
    const { user, name: userName } = this;
    const tags = [
      { key: "SecurityStatus", value: "RELEASED" },
      { key: "QuarantineReleasedAt", value: this.now(60_000) },
    ];
    switch (action) {
      case "strip":
        this.takeOff(
          ["DetachUserPolicy", { userName, policyArn: POLICY_ARN }],
          user.policies.delete(POLICY_ARN),
        );
        this.takeOff(
          ["DeleteUserPolicy", { userName, policyName: "AutomatedSecurityQuarantine" }],
          user.inline.delete("AutomatedSecurityQuarantine"),
        );
        this.takeOff(["DeleteUserPermissionsBoundary", { userName }], user.boundary === POLICY_ARN);
        user.boundary = undefined;
        return;
      case "detach":
        return this.takeOff(
          ["DetachUserPolicy", { userName, policyArn: POLICY_ARN }],
          user.policies.delete(POLICY_ARN),
        );
      case "untag":
        user.tags.clear();
        return this.takeOff(["UntagUser", { userName, tagKeys: ["SecurityStatus"] }], true);
      case "forge release":
        tags.forEach(({ key, value }) => user.tags.set(key, value));
        return this.takeOff(["TagUser", { userName, tags }], true);
      case "new key":
        user.keys.set(`AKIA${this.events.length}`, "Active");
        return this.takeOff(["CreateAccessKey", { userName }], true);
      case "rename": {
        const newUserName = `mallory-${this.events.length}`;
        this.responder.users.delete(userName);
        this.responder.users.set(newUserName, user);
        this.name = newUserName;
        return this.takeOff(["UpdateUser", { userName, newUserName }], true);
      }
    }
  }

  /** What succeeded becomes an event. */
  private takeOff(call: Call, succeeded: boolean): void {
    if (succeeded) {
      this.events.push(change(eventOf(call), "detail.eventTime", this.now()));
    }
  }

  now(plus = 0): string {
    return new Date(START + this.responder.slept() + plus).toISOString();
  }

  /** Answers an event, and the holds that it ordered; Lambda repeats what fails. */
  async answer(event: unknown): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt++) {
      this.responder.iam.resetHistory();
      const before = this.responder.holds().length;
      const outcome = await this.responder.respond(event, SETTINGS).catch(() => undefined);
      expect(this.responder.calls().length).toBeLessThan(MAX_CALLS);
      for (const order of this.responder.holds().slice(before)) {
        await this.responder.respond(order).catch(() => undefined);
      }
      if (outcome) {
        return;
      }
      await this.responder.advance(60_000);
    }
  }

  /** As the runbook says, by who may. */
  async release(): Promise<void> {
    await this.responder.advance(3 * 60_000);
    const { user } = this;
    user.tags.set("SecurityStatus", "RELEASED").set("QuarantineReleasedAt", this.now());
    user.policies.delete(POLICY_ARN);
    user.inline.clear();
    user.boundary = undefined;
  }
}

const creation = () => loadFixture("events/by-iam-user");

test("whoever acts in between: no other is touched, the quarantine is reached, and a release stands", async () => {
  await fc.assert(
    fc.asyncProperty(
      blows,
      fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
      async (plan, throttled, refuses, isDoubled) => {
        const model = new Model(plan, new Set(throttled), refuses);
        const bob = structuredClone(model.responder.users.get("bob"));

        await model.answer(creation());
        if (isDoubled) {
          await model.answer(creation());
        }
        // Events come when their calls are over; answering them gives the adversary more openings.
        for (let seen = 0; seen < model.events.length; seen++) {
          await model.answer(model.events[seen]);
        }

        expect(model.responder.users.get("bob")).toEqual(bob);
        fc.pre(model.isOver);
        expect(model.denied).toBe(true);
        // The SDK repeats what is throttled. Here it is final: what could not be written is reported.
        if (throttled.length === 0) {
          expect(model.user.tags.get("SecurityStatus")).toBe("QUARANTINED");
          expect([...model.user.keys.values()]).not.toContain("Active");
        }

        await model.release();
        for (const event of [creation(), ...model.events, creation()]) {
          await model.answer(event);
        }
        expect(model.denied).toBe(false);
        expect(model.user.tags.get("SecurityStatus")).toBe("RELEASED");
      },
    ),
    { numRuns: 60, seed: 20_261_130 },
  );
});
