/** Concurrent work on a stream. */

/** Starts `work` for each item. Resolves when `arrivals` and all work have ended; rejects at the first rejection. */
export async function sideBySide<T>(arrivals: AsyncIterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const failed = Promise.withResolvers<never>()
  const running = new Set<Promise<void>>()
  const begin = (one: T): void => {
    const run = work(one)
      .catch(failed.reject)
      .finally(() => running.delete(run))
    running.add(run)
  }
  const all = async (): Promise<void> => {
    for await (const one of arrivals) begin(one)
    await Promise.all(running)
  }
  await Promise.race([failed.promise, all()])
}
