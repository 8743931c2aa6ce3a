/** Topics that are missing, created. */
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { createTopics, quietKafka, withAdmin } from '../lib/kafka-admin.ts'

/** What a new topic is made like. */
export interface TopicShape {
  readonly partitions: number
  readonly replication: number
}

/** Resolves to how many brokers answer; rejects when none does. */
export async function pingKafka(bootstrapServers: string): Promise<number> {
  const client = quietKafka(bootstrapServers, { retry: { retries: 0 } })
  const { brokers } = await withAdmin(client, (admin) => admin.describeCluster())
  if (brokers.length === 0) throw new Error('no broker is in service')
  return brokers.length
}

/**
 * Creates those of `topics` that are not there, and resolves to their names. Topics that exist stay as they are.
 * Throws `Failure` when Kafka refuses.
 */
export async function createMissingTopics(
  bootstrapServers: string,
  topics: readonly string[],
  shape: TopicShape,
): Promise<string[]> {
  return withAdmin(quietKafka(bootstrapServers), async (admin) => {
    const existing = new Set(await admin.listTopics())
    const missing = topics.filter((topic) => !existing.has(topic))
    if (missing.length === 0) return []
    const wanted = missing.map((topic) => ({
      topic,
      numPartitions: shape.partitions,
      replicationFactor: shape.replication,
    }))
    await createTopics(admin, wanted).catch((error: unknown) => {
      // One error for each topic, mostly the same.
      const causes = (error as { errors?: unknown[] }).errors ?? [error]
      throw new Failure(
        `Kafka did not create ${missing.join(', ')}: ${[...new Set(causes.map(describe))].join('; ')}`,
        {
          cure: 'A replication factor above the number of brokers is refused: see --replication. Topic names are the file names.',
          code: EXIT.unavailable,
        },
      )
    })
    return missing
  })
}
