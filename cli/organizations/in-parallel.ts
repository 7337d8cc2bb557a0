/**
 * Calls at once: enough to hide the latency, few enough that the throttling of Organizations is the
 * exception.
 */
const CALLS_AT_ONCE = 4;

/**
 * The results of `work` for every item, in their order, a few at a time. After an error nothing new is begun.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = CALLS_AT_ONCE,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = entriesOf(items);
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/**
 * A generator, and not the array's own iterator, because a loop that an error leaves closes it for all
 * workers.
 */
function* entriesOf<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries();
}
