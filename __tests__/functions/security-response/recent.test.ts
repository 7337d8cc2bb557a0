import { Recent } from "../../../functions/security-response/recent";

/** Events come in any order: the renames of one name are heard of in both. */
function heard(...renames: readonly (readonly [from: string, to: string, at: number])[]): Recent[] {
  return [renames, [...renames].reverse()].map((each) => {
    const recent = new Recent();
    each.forEach((rename) => recent.rename(...rename));
    return recent;
  });
}

const namesIn = (recents: readonly Recent[], userName: string, at: number) =>
  recents.map((recent) => recent.nameOf(userName, at));

test("a name that was given twice leads to the user who had it at the time, whichever rename is heard of first", () => {
  const recents = heard(["svc", "tmp-1", 10_000], ["svc", "tmp-2", 20_000]);

  expect(namesIn(recents, "svc", 5_000)).toEqual(["tmp-1", "tmp-1"]);
  expect(namesIn(recents, "svc", 15_000)).toEqual(["tmp-2", "tmp-2"]);
  expect(namesIn(recents, "svc", 25_000)).toEqual(["svc", "svc"]);
});

test("a user who is renamed there and back within a second ends where it began, also when an event comes twice", () => {
  const recents = heard(["mallory", "tmp", 10_000], ["tmp", "mallory", 10_000], ["mallory", "tmp", 10_000]);

  expect(namesIn(recents, "mallory", 10_000)).toEqual(["mallory", "mallory"]);
});

test("only the latest renames of a name are kept", () => {
  const recent = new Recent();
  for (let at = 1; at <= 1_000; at++) {
    recent.rename("svc", `tmp-${at}`, at);
  }

  expect(recent.nameOf("svc", 0)).toBe("tmp-991");
});
