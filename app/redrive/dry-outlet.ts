/** An outlet that sends nothing, and reports which records their topics would accept. */
import type { Outlet, Sink } from '../model.ts'
import type { KafkaAddress } from '../produce/cures.ts'
import { openTopic } from '../produce/open-topic.ts'
import { sizeRefusal } from '../produce/record-size.ts'

/** Reads topic limits from `sink`, and never writes to it. Errors name `address`. */
export function dryOutlet(sink: Sink, address: KafkaAddress): Outlet {
  const limits = new Map<string, number>()
  return {
    async open(topic, use) {
      const { maxMessageBytes } = await openTopic(sink, topic, address, use)
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
