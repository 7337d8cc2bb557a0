import { trustEffects, trustEntries, type TrustEntry } from "../../../cli/effects/trust-entries";

const arn = "arn:aws:iam::111122223333:role/onboarding";

/** Whether trusting `after` instead of `before` trusts more. */
const widens = (before: TrustEntry[], after: TrustEntry[]) =>
  trustEffects(before, after).some(({ weakens }) => weakens);

test.each<[what: string, before: TrustEntry, after: TrustEntry, wider: boolean]>([
  ["the same", { arn }, { arn }, false],
  ["a pattern that matches it", { arn }, { arn: "arn:aws:iam::111122223333:role/onboard*" }, true],
  ["one that it matched", { arn: "arn:aws:iam::*:role/onboard*" }, { arn }, false],
  [
    "a pattern within a pattern",
    { arn: "arn:aws:iam::*:role/on*" },
    { arn: "arn:aws:iam::*:role/onb*" },
    false,
  ],
  [
    "a part that a star does not cross",
    { arn: "arn:aws:iam::*:role/*ing" },
    { arn: "arn:aws:iam::*:role/x/ing" },
    true,
  ],
  ["a star where one character was", { arn: `${arn}?` }, { arn: `${arn}*` }, true],
  ["a calling service less", { arn, invokedBy: "ses.amazonaws.com" }, { arn }, true],
  ["a calling service more", { arn }, { arn, invokedBy: "ses.amazonaws.com" }, false],
  ["one more path", { arn, paths: ["/a/"] }, { arn, paths: ["/a/", "/b/"] }, true],
  ["paths below", { arn, paths: ["/a/*"] }, { arn, paths: ["/a/b/", "/a/c/*"] }, false],
  ["any path", { arn, paths: ["/a/*"] }, { arn }, true],
  ["any name but one", { arn, names: ["ses-?"] }, { arn, names: ["ses-*"] }, true],
  ["an end", { arn }, { arn, until: "2026-12-31" }, false],
  ["a later end", { arn, until: "2026-06-30" }, { arn, until: "2026-12-31" }, true],
  ["no end", { arn, until: "2026-06-30" }, { arn }, true],
  ["any creator's users of a path", { arn, paths: ["/a/"] }, { paths: ["/a/"] }, true],
  [
    "a creator's users of a path that anybody's were trusted on",
    { paths: ["/a/"] },
    { arn, paths: ["/a/"] },
    false,
  ],
])("instead of an entry, %s", (_what, before, after, wider) => {
  expect(widens([before], [after])).toBe(wider);
});

test("the order of entries means nothing", () => {
  const other = { arn, names: ["a"] };

  expect(trustEffects([{ arn }, other], [other, { arn }])).toEqual([]);
});

test("an entry is paired with the one that it replaces, and the rest was removed", () => {
  const [first, second, third] = [
    { arn, names: ["a"] },
    { arn, names: ["b"] },
    { arn, names: ["c"] },
  ];

  expect(trustEffects([first, second], [third])).toEqual([
    {
      setting: "trust",
      kind: "set",
      before: `users of ${arn} (named a)`,
      after: `users of ${arn} (named c)`,
      weakens: true,
    },
    { setting: "trust", kind: "removed", before: `users of ${arn} (named b)`, weakens: false },
  ]);
});

test("entries are read from the environment, with keys of another version left out", () => {
  expect(
    trustEntries(
      `{"creators":[{"arn":"${arn}","since":"2026"}],"users":[{"anyCreator":true,"names":["a"]}]}`,
    ),
  ).toEqual([{ arn }, { names: ["a"] }]);
  expect(trustEntries("{}")).toEqual([]);
  expect(trustEntries("no JSON")).toEqual([]);
  expect(trustEntries(undefined)).toEqual([]);
});
