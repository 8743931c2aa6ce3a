/** An outlet that sends nothing: it only says which records their topic would take. */
import type { Outlet, Sink } from '../model.ts'
import { withCure } from '../produce/cures.ts'
import { sizeRefusal } from '../produce/record-size.ts'

/** Asks `sink` for topics and never writes to it; `brokers` are named where it cannot be reached. */
export function dryOutlet(sink: Sink, brokers: readonly string[]): Outlet {
  const limits = new Map<string, number>()
  return {
    async open(topic) {
      const { maxMessageBytes } = await sink.describe(topic).catch((error: unknown) => {
        throw withCure(error, topic, brokers)
      })
      limits.set(topic, maxMessageBytes)
    },
    find: async () => false,
    add({ topic }, record, settlement) {
      const refusal = sizeRefusal(record, limits.get(topic) ?? 0)
      if (refusal) settlement.refused(refusal, topic, record)
      else settlement.produced(1)
    },
  }
}
