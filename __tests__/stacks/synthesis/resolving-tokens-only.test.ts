import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App, DefaultTokenResolver, Lazy, StringConcat, Token, Tokenization } from "cdktf";
import fc from "fast-check";
import { resolvingTokensOnly } from "../../../stacks/synthesis/resolving-tokens-only";

const scope = new App({ outdir: mkdtempSync(path.join(tmpdir(), "tokens-")) });

afterAll(() => {
  rmSync(scope.outdir, { recursive: true });
});

function resolve(value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}

/** One token of each kind, in each place where CDKTF can put it. */
const TOKENS = {
  string: Token.asString({ resolve: () => "${aws_iam_role.role.arn}" }),
  inString: `before ${Token.asString({ resolve: () => "resolved" })} after`,
  number: Token.asNumber({ resolve: () => 42 }),
  numberInString: `${Token.asNumber({ resolve: () => 42 })} seconds`,
  list: Token.asList({ resolve: () => ["a", "b"] }),
  numberList: Token.asNumberList({ resolve: () => [1, 2] }),
  object: { creationStack: [], resolve: () => "resolved" },
  map: Token.asStringMap({ resolve: () => ({ key: "value" }) }),
  numberMap: Token.asNumberMap({ resolve: () => ({ key: 1 }) }),
  anyMap: Token.asAnyMap({ resolve: () => ({ key: true }) }),
  lazy: Lazy.anyValue({
    produce: () => ({ nested: Token.asString({ resolve: () => "deep" }), gone: undefined }),
  }),
  key: { [Token.asString({ resolve: () => "resolved-key" })]: "value" },
};

test.each(Object.entries(TOKENS))("a token resolves as CDKTF resolves it: %s", (_kind, token) => {
  const expected = resolve({ token });

  const resolved = resolvingTokensOnly(() => resolve({ token }));

  expect(resolved).toStrictEqual(expected);
  expect(JSON.stringify(resolved)).not.toContain("TfToken");
});

test("any data with any tokens in it resolves as CDKTF resolves it", () => {
  const plain = fc.oneof(
    fc.string(),
    fc.constantFrom("${aws_x.y.z}", "1e+5", "3e5", "a-e-b", "$${escaped}", '{"Version":"2012-10-17"}', "}"),
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      plain,
      fc.constantFrom(...Object.values(TOKENS)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
    ),
  }));

  fc.assert(
    fc.property(value, (data) => {
      expect(resolvingTokensOnly(() => outcome(data))).toStrictEqual(outcome(data));
    }),
    { numRuns: 500 },
  );
});

/** What resolving gives, or the message of its refusal: a token in a place where it may not be. */
function outcome(data: unknown): unknown {
  try {
    return resolve(data);
  } catch (error) {
    return `refused: ${String(error).split("\n")[0]}`;
  }
}

test("a list in place of a text is refused, as by CDKTF", () => {
  const misplaced = { name: TOKENS.list[0] };

  expect(() => resolve(misplaced)).toThrow();
  expect(() => resolvingTokensOnly(() => resolve(misplaced))).toThrow();
});

test("the resolver of CDKTF is restored, also when the synthesis fails", () => {
  const before = Object.getOwnPropertyDescriptor(Tokenization, "resolve");
  const failing = () =>
    resolvingTokensOnly(() => {
      throw new Error("failed");
    });

  expect(failing).toThrow("failed");
  expect(Object.getOwnPropertyDescriptor(Tokenization, "resolve")).toEqual(before);
});
