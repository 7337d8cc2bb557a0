/**
 * Deals items out like cards, so that no shard has two more than another. The first stays in the first shard,
 * the second in the second: what is added at the end moves nothing, while what is put in or taken out before
 * moves what follows.
 *
 * @param count Shards at most; none of them is empty.
 */
export function shardsOf<T>(items: readonly T[], count: number): T[][] {
  const shards = Math.min(count, items.length);
  return Array.from({ length: shards }, (_, shard) =>
    items.filter((_item, index) => index % shards === shard),
  );
}
