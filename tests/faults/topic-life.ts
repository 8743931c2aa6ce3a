/** What rows do to topics, and ask of them, past the daemon. */
import { quietKafka, withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { createTopic, readTopic } from '../support/stack.ts'
import { until } from '../support/until.ts'
import type { Rig } from './rig.ts'

/** One partition: node ids; leader -1 while there is none. */
export interface Place {
  readonly partition: number
  readonly leader: number
  readonly isr: readonly number[]
}

/** Where the partitions of the fault feed's topic are now; asks any broker that answers, for ever so long. */
export async function placesOf({ topics, site }: Rig): Promise<Place[]> {
  let places: Place[] = []
  const isKnown = async (): Promise<boolean> => {
    const client = quietKafka(shuffled(site.direct), { retry: { retries: 0 }, requestTimeout: 2_000 })
    const ask = withAdmin(client, (admin) => admin.fetchTopicMetadata({ topics: [topics.fault] }))
    const found = (await ask.catch(() => undefined))?.topics[0]?.partitions ?? []
    places = found.map(({ partitionId, leader, isr }) => ({ partition: partitionId, leader, isr }))
    return places.length > 0
  }
  await until(isKnown, { what: `a broker to tell of ${topics.fault}`, timeoutMs: 60_000 })
  return places
}

/** The broker that leads most partitions; the lowest of several. */
export function busiest(places: readonly Place[]): number {
  const counts = new Map<number, number>()
  for (const { leader } of places) counts.set(leader, (counts.get(leader) ?? 0) + 1)
  return [...counts].toSorted(([a, some], [b, more]) => more - some || a - b)[0]?.[0] ?? 1
}

/** Reads what the fault feed's topic holds into `rig.rescued`, then deletes it. What is written in between is lost. */
export async function deleteTopic({ topics, site, rescued }: Rig): Promise<void> {
  const bootstrapServers = site.direct
  rescued.push(...(await readTopic(topics.fault, 0, { bootstrapServers, timeoutMs: 60_000 })))
  await removeTopic(topics.fault, bootstrapServers)
}

/** Deletes a topic and resolves when no broker knows it any more. */
export async function removeTopic(topic: string, bootstrapServers: string): Promise<void> {
  await withAdmin(quietKafka(bootstrapServers), async (admin) => {
    await admin.deleteTopics({ topics: [topic] })
    const isGone = async (): Promise<boolean> => !(await admin.listTopics()).includes(topic)
    await until(isGone, { what: `${topic} to be gone` })
  })
}

/** Makes the fault feed's topic again. */
export async function recreateTopic({ topics, site }: Rig, partitions: number): Promise<void> {
  const bootstrapServers = site.direct
  const replication = site.brokers.length
  // A deletion may still be under way: the name is free when it is over.
  const isMade = () =>
    createTopic({ name: topics.fault, partitions, replication, bootstrapServers }).then(
      () => true,
      () => false,
    )
  await until(isMade, { what: `${topics.fault} to be made again` })
}

function shuffled(brokers: string): string {
  return brokers
    .split(',')
    .map((broker) => ({ broker, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ broker }) => broker)
    .join()
}
