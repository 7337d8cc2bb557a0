/**
 * Runs `work` for every item, at most `limit` at a time.
 *
 * @returns The results in the order of the items.
 * @throws The first error of `work`; after it, no further item is started.
 */
export async function runConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = entriesOf(items);
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/**
 * A generator: unlike an array's iterator, it is closed for all workers when one of them leaves its loop with
 * an error.
 */
function* entriesOf<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries();
}
