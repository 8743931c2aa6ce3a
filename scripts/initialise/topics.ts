/** Topics that are missing, created. */
import type { Kafka } from 'kafkajs'
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { createTopics, withAdmin } from '../lib/kafka-admin.ts'

/** A topic as it shall be, should it not be there. */
export interface Topic {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  /** Topic settings by name. */
  readonly config?: Readonly<Record<string, string>>
}

/** Resolves to how many brokers answer; rejects when none does. */
export async function pingKafka(client: Kafka): Promise<number> {
  const { brokers } = await withAdmin(client, (admin) => admin.describeCluster())
  if (brokers.length === 0) throw new Error('no broker is in service')
  return brokers.length
}

/**
 * Creates those of `topics` that are not there, and resolves to their names. Topics that exist stay as they are.
 * Throws `Failure` when Kafka refuses.
 */
export async function createMissingTopics(client: Kafka, topics: readonly Topic[]): Promise<string[]> {
  return withAdmin(client, async (admin) => {
    const existing = new Set(await admin.listTopics())
    const missing = topics.filter(({ name }) => !existing.has(name))
    if (missing.length === 0) return []
    const names = missing.map(({ name }) => name)
    const wanted = missing.map(({ name, partitions, replication, config = {} }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: replication,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }))
    await createTopics(admin, wanted).catch((error: unknown) => {
      // One error for each topic, mostly the same.
      const causes = (error as { errors?: unknown[] }).errors ?? [error]
      throw new Failure(`Kafka did not create ${names.join(', ')}: ${[...new Set(causes.map(describe))].join('; ')}`, {
        cure: 'A replication factor above the number of brokers is refused: see --replication. Topic names are the file names.',
        code: EXIT.unavailable,
      })
    })
    return names
  })
}
