import { editFile } from "../../../cli/accounts/edit-file";
import { parseRollout } from "../../../stacks/config/load";
import { scenario } from "./scenario";

const ADDED = [
  { name: "playground", id: "000000000012", wave: "canary" },
  { name: "2024", id: "222233334444", wave: "production" },
  { name: "null", id: "333344445555", wave: "production" },
];
const UNCHANGED = { added: [], waves: new Map<string, string>() };

/** Lines that are in one text only, as a diff shows them. */
function linesBeyond(text: string, other: string): string[] {
  const rest = other.split("\n");
  return text.split("\n").filter((line) => {
    const at = rest.indexOf(line);
    return at < 0 || rest.splice(at, 1).length === 0;
  });
}

test.each(["comments-everywhere", "grouped-by-wave", "no-indentation", "one-line-each", "windows-line-ends"])(
  "%s: the accounts are added and nothing else changes",
  (name) => {
    const { before, after } = scenario(name);

    const edited = editFile("rollout.yaml", before, { added: ADDED, waves: new Map() });

    expect(edited).toBe(after);
    expect(linesBeyond(before, edited)).toEqual([]);
    const ids = parseRollout("rollout.yaml", edited, "/project").accounts.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(ADDED.map(({ id }) => id)));
  },
);

test("accounts of waves that have none yet follow at the end, wave by wave", () => {
  const before = 'accounts:\n  - { name: a, id: "1", wave: production }\n';
  const added = ["canary", "late", "production", "canary"].map((wave, index) => ({
    ...{ name: `new-${index}`, id: `00000000000${index}` },
    wave,
  }));

  const edited = editFile("rollout.yaml", before, { added, waves: new Map() });

  expect(edited.match(/wave: [a-z]+/g)).toEqual(
    ["production", "production", "canary", "canary", "late"].map((wave) => `wave: ${wave}`),
  );
});

test("a wave changes where it stands, in its quotes", () => {
  const { before } = scenario("comments-everywhere");
  const waves = new Map([["777788889999", "canary"]]);

  const edited = editFile("rollout.yaml", before, { added: [], waves });

  expect(linesBeyond(edited, before)).toEqual([`    wave: "canary"   # last`]);
  expect(linesBeyond(before, edited)).toEqual([`    wave: "production"   # last`]);
});

test.each([
  ["a list", 'accounts:\n  - name: a\n    id: "1"\n    wave: canary\n'],
  ["a list on one line", 'accounts: [{ name: a, id: "1", wave: canary }]\n'],
  ["an empty list", "accounts: []\n"],
  ["a list without a value", "accounts:\n"],
  ["no list", "waves: [canary]\n# after it\n"],
])("%s in a document that says where it ends stays above that", (_, before) => {
  const added = [{ name: "b", id: "000000000012", wave: "canary" }];
  const changes = { added, waves: new Map<string, string>() };

  const edited = editFile("rollout.yaml", `${before}...\n# ... the end\n`, changes);

  expect(edited).toBe(`${editFile("rollout.yaml", before, changes)}...\n# ... the end\n`);
});

test("without changes the text is the same", () => {
  const { before } = scenario("comments-everywhere");

  expect(editFile("rollout.yaml", before, UNCHANGED)).toBe(before);
});

const HEAD = 'securityAccount: { id: "111122223333" }\nwaves: [canary]\n';
const ENTRY = '  - name: playground\n    id: "000000000012"\n    wave: canary\n';

test.each([
  ["[]", "accounts: []\n", `accounts:\n${ENTRY}`],
  ["[] and a comment", "accounts: [ ] # none yet\nx: 1\n", `accounts: # none yet\n${ENTRY}x: 1\n`],
  ["no value", "accounts: # none yet\n  # here\nx: 1\n", `accounts: # none yet\n${ENTRY}  # here\nx: 1\n`],
  ["null", "accounts: null\nx: 1\n", `accounts:\n${ENTRY}x: 1\n`],
  ["no such key", "x: 1\n# end\n", `x: 1\n# end\naccounts:\n${ENTRY}`],
  ["no end of the last line", "accounts:", `accounts:\n${ENTRY.trimEnd()}`],
])("a list without accounts is begun: %s", (_, before, after) => {
  const [first] = ADDED;

  const edited = editFile("rollout.yaml", HEAD + before, { added: first ? [first] : [], waves: new Map() });

  expect(edited).toBe(HEAD + after);
});

test("a list in brackets gets the accounts in its own style", () => {
  const before = 'accounts: [{ name: a, id: "1", wave: canary }, ] # c\n';

  const edited = editFile("rollout.yaml", before, { added: ADDED.slice(0, 1), waves: new Map() });

  expect(edited).toBe(
    'accounts: [{ name: a, id: "1", wave: canary }, { name: playground, id: "000000000012", wave: canary }, ] # c\n',
  );
});

test.each([
  ["an alias", 'list: &list\n  - { name: a, id: "1", wave: canary }\naccounts: *list\n'],
  ["an anchor used elsewhere", 'accounts: &list\n  - { name: a, id: "1", wave: canary }\ncopy: *list\n'],
  ["comments in empty brackets", "accounts: [\n  # none\n]\n"],
])("a list that cannot be edited alone is refused: %s", (_, text) => {
  const edit = () => editFile("rollout.yaml", text, { added: ADDED, waves: new Map() });

  expect(edit).toThrow(/rollout.yaml: its accounts cannot be edited .* Nothing was written/);
});

test("a wave that others refer to is not changed under them", () => {
  const text = 'accounts:\n  - { name: a, id: "1", wave: &w canary }\n  - { name: b, id: "2", wave: *w }\n';

  const edit = () => editFile("rollout.yaml", text, { added: [], waves: new Map([["1", "production"]]) });

  expect(edit).toThrow(/cannot be edited/);
});
