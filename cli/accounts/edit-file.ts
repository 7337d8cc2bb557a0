import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, isSeq, parseDocument, type Document } from "yaml";
import { CommandError } from "../errors";
import type { FileAccount } from "./import-plan";
import { placeAccounts } from "./place-accounts";
import { emptyListEdits, insertionAfter, waveEdit, type Edit } from "./yaml-edits";

/** What is changed in the list of accounts. */
export interface FileChanges {
  readonly added: readonly FileAccount[];
  /** New wave by account id. */
  readonly waves: ReadonlyMap<string, string>;
}

interface FileWithAccounts {
  readonly accounts?: readonly FileAccount[] | null;
}

/**
 * The text of `rollout.yaml` with accounts added and waves changed. Everything else stays byte for byte: the
 * text is edited at positions from the parser, because writing the parsed document would change spacing and
 * quotes.
 *
 * @param text A valid configuration, but its list of accounts may be missing or empty.
 * @throws CommandError for a list that cannot be edited this way, such as one behind an alias.
 */
export function editFile(name: string, text: string, changes: FileChanges): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const before = document.toJS() as FileWithAccounts;
  const places = placeAccounts(before.accounts ?? [], changes.added);
  const edited = apply(text, editsFor(text, document, before, places, changes));

  // The edits are made by position; reading the result back shows that it has the intended meaning, and no
  // other change.
  if (!isDeepStrictEqual(readBack(edited), expectedAfter(before, places, changes))) {
    throw new CommandError(
      `${name}: its accounts cannot be edited without changing other parts. Nothing was written. Write the accounts ` +
        "as a plain list, without aliases and anchors, and run the command again.",
    );
  }
  return edited;
}

type Places = ReadonlyMap<number, readonly FileAccount[]>;

function editsFor(
  text: string,
  { contents }: Document,
  { accounts }: FileWithAccounts,
  places: Places,
  { added, waves }: FileChanges,
): Edit[] {
  const pairs = isMap(contents) ? contents.items : [];
  const pair = pairs.find(({ key }) => isScalar(key) && key.value === "accounts");
  const items = isSeq(pair?.value) ? pair.value.items.filter(isNode) : [];
  if (items.length === 0) {
    return emptyListEdits(text, contents, pair, added);
  }
  const moves = (accounts ?? []).flatMap(({ id }, index) => {
    const wave = waves.get(id);
    return wave === undefined ? [] : waveEdit(text, items[index], wave);
  });
  const insertions = [...places].flatMap(([index, group]) =>
    insertionAfter(text, pair?.value, items, index, group),
  );
  return [...moves, ...insertions];
}

function expectedAfter(before: FileWithAccounts, places: Places, { waves }: FileChanges): FileWithAccounts {
  const newAt = (index: number) =>
    (places.get(index) ?? []).map(({ name, id, wave }) => ({ name, id, wave }));
  const accounts = (before.accounts ?? []).flatMap((account, index) => [
    { ...account, wave: waves.get(account.id) ?? account.wave },
    ...newAt(index),
  ]);
  return { ...before, accounts: [...newAt(-1), ...accounts] };
}

function apply(text: string, edits: readonly Edit[]): string {
  // From the end to the beginning, so that positions before an edit stay valid.
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

function readBack(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}
