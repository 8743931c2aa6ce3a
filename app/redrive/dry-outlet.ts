/** An outlet that sends nothing: it only says which records their topic would take. */
import type { Outlet, Sink } from '../model.ts'
import { withCure } from '../produce/cures.ts'
import { fitsAlone } from '../produce/record-size.ts'

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
      if (fitsAlone(record, limits.get(topic) ?? 0)) settlement.produced(1)
      else settlement.refused('too_large', topic, record)
    },
  }
}
