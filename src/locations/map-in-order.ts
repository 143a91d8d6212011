/** Does something with each item, some at a time, and gives the results in the items' order. */
export async function mapInOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  action: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await action(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
