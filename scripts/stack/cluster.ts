/** Several brokers in one cluster, with a controller of their own, so that any broker may die and the others go on. */
import { type Kafka, type KafkaOptions, startKafka } from './kafka.ts'
import type { Membership } from './kafka-properties.ts'
import { freePort } from './ports.ts'

/** A running cluster. Topics have three replicas unless told, and a write needs two of them. */
export interface Cluster {
  /** Of every broker, comma separated. */
  readonly bootstrapServers: string
  /** Node ids are 1, 2, … in this order. */
  readonly brokers: readonly Kafka[]
  readonly controller: Kafka
  stop(): Promise<void>
}

const CONTROLLER_ID = 100

/** Starts `count` brokers; `options` answers what is particular to the broker with this node id. Throws as `startKafka` does. */
export async function startCluster(
  count: number,
  options: (nodeId: number) => Omit<KafkaOptions, 'membership' | 'detached'> = () => ({}),
): Promise<Cluster> {
  const voters = [{ nodeId: CONTROLLER_ID, port: await freePort() }]
  const controllerIs: Membership = { nodeId: CONTROLLER_ID, role: 'controller', voters }
  const started: Kafka[] = []
  const stop = async (): Promise<void> => {
    // A broker that cannot tell its controller farewell waits for it.
    await Promise.all(started.map((one) => one.kill().then(() => one.stop())))
  }
  const start = async (given: KafkaOptions): Promise<Kafka> => {
    const one = await startKafka({ heap: '256m', ...given })
    started.push(one)
    return one
  }
  const replicas = {
    'default.replication.factor': '3',
    'min.insync.replicas': '2',
    // Groups would be gone with the one broker that has them, and with one replica nobody could join any.
    'offsets.topic.replication.factor': '3',
  }
  try {
    const controller = await start({ membership: controllerIs, properties: replicas })
    const brokers = Array.from({ length: count }, (_, at) => {
      const { properties, ...rest } = options(at + 1)
      const membership: Membership = { nodeId: at + 1, role: 'broker', voters }
      return start({ membership, properties: { ...replicas, ...properties }, ...rest })
    })
    const results = await Promise.allSettled(brokers)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    const ready = await Promise.all(brokers)
    return { bootstrapServers: ready.map((one) => one.bootstrapServers).join(), brokers: ready, controller, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
