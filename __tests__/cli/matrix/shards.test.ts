import fc from "fast-check";
import { shardsOf } from "../../../cli/matrix/shards";

const items = fc.uniqueArray(fc.string(), { maxLength: 60 });
const count = fc.integer({ min: 1, max: 20 });

test("every item is in exactly one shard, and no shard is empty", () => {
  fc.assert(
    fc.property(items, count, (all, shards) => {
      const dealt = shardsOf(all, shards);

      expect(dealt.flat().sort()).toEqual([...all].sort());
      expect(dealt).toHaveLength(Math.min(shards, all.length));
      expect(dealt.every((shard) => shard.length > 0)).toBe(true);
    }),
  );
});

test("no shard has two more than another", () => {
  fc.assert(
    fc.property(items, count, (all, shards) => {
      const sizes = shardsOf(all, shards).map(({ length }) => length);

      expect(Math.max(0, ...sizes) - Math.min(...sizes, Infinity)).toBeLessThanOrEqual(1);
    }),
  );
});

test("what is added at the end moves nothing to another shard, once every shard has an item", () => {
  fc.assert(
    fc.property(items, fc.array(fc.string(), { maxLength: 20 }), count, (all, added, shards) => {
      fc.pre(all.length >= shards);
      const before = shardsOf(all, shards);
      const after = shardsOf([...all, ...added], shards);

      before.forEach((shard, index) => expect(after[index]?.slice(0, shard.length)).toEqual(shard));
    }),
  );
});
