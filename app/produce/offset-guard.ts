/** A check that catches a client dropping batches silently: offsets of a partition only grow. */

/**
 * Remembers per topic-partition which base offset the next acknowledged batch must at least report.
 *
 * Offsets go back rightly when a topic was deleted and made again (or its log was cut): the topic is forgotten when it was
 * seen missing or with a new id. Where that went unseen, the one batch is taken for lost and sent again, and the second
 * answer is believed.
 */
export class OffsetGuard {
  readonly #topics = new Map<string, bigint[]>()

  /** Whether a batch of `records` may begin at `base`. A violation forgets the partition. */
  accepts(topic: string, partition: number, base: bigint, records: number): boolean {
    const next = this.#topics.get(topic) ?? []
    this.#topics.set(topic, next)
    const least = next[partition] ?? 0n
    if (base < least) {
      delete next[partition]
      return false
    }
    next[partition] = base + BigInt(records)
    return true
  }

  forget(topic: string): void {
    this.#topics.delete(topic)
  }
}
