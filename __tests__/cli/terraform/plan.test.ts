import { isPartOf } from "../../../cli/terraform/plan";
import { planOf } from "../../support/cli/terraform";

const changes = (...all: [address: string, action: string][]) =>
  planOf(all.map(([address, action]) => ({ address, action })));

const SHOWN = changes(["a", "create"], ["b", "update"], ["c", "delete"], ["d", "replace"]);

describe("what is left of a plan that failed half-way", () => {
  test.each([
    ["nothing", changes()],
    ["some of it", changes(["b", "update"], ["d", "replace"])],
    ["all of it", SHOWN],
    ["what failed while it was created is replaced", changes(["a", "replace"])],
    ["what was created is finished", changes(["a", "update"])],
    ["of a replacement, the old one is gone", changes(["d", "create"])],
    ["of a replacement, the new one is there", changes(["d", "delete"])],
  ])("%s", (_name, rest) => {
    expect(isPartOf(rest, SHOWN)).toBe(true);
  });
});

describe("a change that was not shown", () => {
  test.each([
    ["another resource", changes(["e", "create"])],
    ["some of it and more", changes(["a", "create"], ["e", "update"])],
    ["an update becomes a replacement", changes(["b", "replace"])],
    ["an update becomes a deletion", changes(["b", "delete"])],
    ["a creation becomes a deletion", changes(["a", "delete"])],
    ["what was to be deleted is created", changes(["c", "create"])],
  ])("%s", (_name, rest) => {
    expect(isPartOf(rest, SHOWN)).toBe(false);
  });
});
