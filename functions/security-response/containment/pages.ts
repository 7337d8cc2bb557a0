/** All items of a paginated listing. */
export async function collect<Page, Item>(
  paginator: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of paginator) {
    all.push(...(items(page) ?? []));
  }
  return all;
}
