/** An outlet that sends nothing: it only says which records their topic would take. */
import type { Outlet, Sink, TopicInfo } from '../model.ts'
import type { KafkaAddress } from '../produce/cures.ts'
import { openTopic } from '../produce/open-topic.ts'
import { sizeRefusal } from '../produce/record-size.ts'

const NOTHING: TopicInfo = { partitions: 0, maxMessageBytes: 0 }

/** Asks `sink` for topics and never writes to it; `address` is told where it cannot be reached. */
export function dryOutlet(sink: Sink, address: KafkaAddress): Outlet {
  const known = new Map<string, TopicInfo>()
  return {
    async open(topic, use) {
      known.set(topic, await openTopic(sink, topic, address, use))
    },
    find: async () => false,
    add({ topic }, record, settlement) {
      const refusal = sizeRefusal(record, known.get(topic) ?? NOTHING)
      if (refusal) settlement.refused(refusal, topic, record)
      else settlement.produced(1)
    },
  }
}
