/** The Kafka client of the scripts: one that is not the daemon's default, and quiet. */
import { type Admin, type ITopicConfig, Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { dropWarning } from '../../app/lib/drop-warning.ts'
import { kafkajsBroker } from '../../app/produce/kafkajs-address.ts'
import { SocketSet } from '../../app/produce/socket-set.ts'
import { until } from './until.ts'

/** A client for `bootstrapServers` (comma separated) that prints nothing and gives up within seconds. */
export function quietKafka(bootstrapServers: string, more: Partial<KafkaConfig> = {}): Kafka {
  // It sets one timer to a negative time, harmlessly.
  dropWarning('TimeoutNegativeWarning')
  return new Kafka({
    clientId: 'tributary-scripts',
    brokers: bootstrapServers.split(',').map((broker) => kafkajsBroker(broker.trim())),
    socketFactory: new SocketSet().connect,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { retries: 2, initialRetryTime: 50, maxRetryTime: 500 },
    ...more,
  })
}

/** Lends a connected admin to `work`, and disconnects it whatever happens. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await work(admin)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** Creates topics and resolves once every partition has a leader. Rejects when Kafka refuses, or after 30 s. */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  // Not the library's own wait: that one fails when the broker does not know the topic yet.
  const haveLeaders = async (): Promise<boolean> => {
    const names = topics.map(({ topic }) => topic)
    const metadata = await admin.fetchTopicMetadata({ topics: names }).catch(() => undefined)
    return metadata?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0)) ?? false
  }
  await until(haveLeaders, { what: 'leaders of the new topics', timeoutMs: 30_000, intervalMs: 50 })
}
