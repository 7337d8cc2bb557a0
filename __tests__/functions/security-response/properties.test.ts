import { TagUserCommand } from "@aws-sdk/client-iam";
import fc from "fast-check";
import { MAX_PUBLISHED_BYTES } from "../../../functions/shared/alert/sns-alert";
import { FunctionError } from "../../../functions/shared/errors";
import { createResponder, type Responder } from "../../support/functions/responder";
import { change, DELETE, fixtureNames, loadFixture } from "../../support/load-fixture";

/**
 * Source: IAM API reference, Tag: the pattern of a value, without the separators IAM trims or consoles break
 * on.
 */
const TAG_VALUE = /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u;

const PATHS = [
  "account",
  "time",
  "id",
  "source",
  "detail",
  "detail.eventID",
  "detail.eventTime",
  "detail.eventSource",
  "detail.eventName",
  "detail.errorCode",
  "detail.readOnly",
  "detail.recipientAccountId",
  "detail.sourceIPAddress",
  "detail.userAgent",
  "detail.userIdentity",
  "detail.userIdentity.type",
  "detail.userIdentity.arn",
  "detail.userIdentity.sessionContext",
  "detail.userIdentity.invokedBy",
  "detail.requestParameters",
  "detail.requestParameters.userName",
  "detail.requestParameters.path",
  "detail.responseElements",
  "detail.responseElements.user",
  "detail.responseElements.user.userName",
  "detail.responseElements.user.userId",
  "detail.responseElements.user.path",
  "detail.responseElements.user.arn",
];

const SURROGATES = { first: 0xd800, count: 0x800 };

/** Any character, as fast-check's unit "binary", which first makes a map of all million of them. */
const character = fc.nat(0x10ffff - SURROGATES.count).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count),
  (text) => {
    const point = String(text).codePointAt(0) ?? 0;
    return point < SURROGATES.first ? point : point - SURROGATES.count;
  },
);

const anything = fc.oneof(
  fc.constant(DELETE),
  fc.constant("mallory"),
  fc.string({ unit: character, maxLength: 600 }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "\u2028", "\u202e", "\ud800", "é", "a", "/"),
    maxLength: 300,
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

const mutatedEvent = fc
  .record({
    name: fc.constantFrom(...fixtureNames("events")),
    changes: fc.array(fc.tuple(fc.constantFrom(...PATHS), anything), { maxLength: 4 }),
  })
  .map(({ name, changes }) => {
    const event = loadFixture(`events/${name}`);
    for (const [path, value] of changes) {
      tryChange(event, path, value);
    }
    return event;
  });

/** An earlier change may have taken the parent away. */
function tryChange(event: Record<string, unknown>, path: string, value: unknown): void {
  try {
    change(event, path, value);
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
  }
}

/** Calls that change something. */
const writes = (responder: Responder): string[] =>
  responder.calls().filter((call) => !/^(Get|List)/.test(call));

/** What AWS would refuse, in everything that was sent. */
function assessSent(responder: Responder): void {
  for (const { args } of responder.iam.commandCalls(TagUserCommand)) {
    for (const { Value } of args[0].input.Tags ?? []) {
      expect(Value).toMatch(TAG_VALUE);
    }
  }
  for (const { input, subject } of responder.alerts()) {
    expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
    expect(Buffer.byteLength(input.Message ?? "")).toBeLessThanOrEqual(MAX_PUBLISHED_BYTES);
  }
}

test("whatever the event, it ends in an outcome or a typed error, and nothing AWS would refuse is sent", async () => {
  let outcomes = 0;

  await fc.assert(
    fc.asyncProperty(mutatedEvent, async (event) => {
      const responder = createResponder();
      try {
        const outcome = await responder.respond(event);
        outcomes++;
        expect(outcome.summary).not.toMatch(/["'\\\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(256 * 1_024);
        if (["IGNORED", "TRUSTED"].includes(outcome.status)) {
          expect(writes(responder)).toEqual([]);
        }
      } catch (error) {
        if (!(error instanceof FunctionError)) {
          throw error;
        }
        expect(responder.calls()).toEqual([]);
      }
      assessSent(responder);
    }),
    { numRuns: 30 },
  );

  expect(outcomes).toBeGreaterThan(5);
});

test("any JSON at all ends in an outcome or a typed error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (payload) => {
      const responder = createResponder();
      await expect(responder.respond(payload)).rejects.toBeInstanceOf(FunctionError);
      assessSent(responder);
    }),
    { numRuns: 30 },
  );
});
