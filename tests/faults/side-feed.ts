/** A feed beside the two of every row, with topics and a schema of its own; the row that opens it judges it, too. */
import { imbalance } from '../support/daemon-feeds.ts'
import type { Decoded } from '../support/decode/decode.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, type ReadRecord, readTopic, registerSchema, topicSize, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import type { Rig } from './rig.ts'
import type { Finding } from './row.ts'

/** How the feed shall be. */
export interface SideFeedOptions {
  /** Registered under its subject at once; absent: nothing is. */
  readonly schema?: object | string
  readonly partitions?: number
}

/** Its topics are there. `name` is the feed's. */
export interface SideFeed {
  readonly name: string
  readonly topic: string
  readonly subject: string
  /** The variables for it; `over` without the prefix `FEED_<NAME>_`. */
  env(urls: readonly string[], over?: Readonly<Record<string, string>>): Record<string, string>
  /** Resolves when `messages` have been received and every one is settled; then its sums balance. */
  settled(messages: number, timeoutMs?: number): Promise<Finding>
  /** What its topic holds, and its dead letter topic. */
  records(): Promise<ReadRecord[]>
  deadLetters(): Promise<ReadRecord[]>
  /** Records, and dead letters, without reading them. */
  sizes(): Promise<{ readonly records: number; readonly deadLetters: number }>
  /** `records` as Apache Avro for Java reads them. */
  decoded(): Promise<Decoded[]>
}

/** Makes its topics, and registers its schema with the registry that rows share. */
export async function openSideFeed(
  rig: Rig,
  name: string,
  { schema, partitions = 1 }: SideFeedOptions = {},
): Promise<SideFeed> {
  const bootstrapServers = rig.site.direct
  const replication = rig.site.brokers.length
  const topic = await createTopic({ name: uniqueName(name), partitions, replication, bootstrapServers })
  await createTopic({ name: `${topic}.dead-letter`, replication, bootstrapServers })
  const subject = `${topic}-value`
  if (schema !== undefined) await registerSchema(subject, schema, [], rig.registry.direct)
  const size = (of: string): Promise<number> => topicSize(of, bootstrapServers)
  const read = async (of: string): Promise<ReadRecord[]> =>
    (await size(of)) === 0 ? [] : readTopic(of, 0, { bootstrapServers, timeoutMs: READ_MS })
  const records = (): Promise<ReadRecord[]> => read(topic)
  return {
    name,
    topic,
    subject,
    env: (urls, over = {}) =>
      Object.fromEntries(
        Object.entries({ URLS: urls.join(), SCHEMA: topic, BACKOFF_MAX: '2s', ...over }).map(([key, value]) => [
          `FEED_${name.toUpperCase()}_${key}`,
          value,
        ]),
      ),
    async settled(messages, timeoutMs = 60_000) {
      const isAtRest = async (): Promise<boolean> => {
        const { ledger } = await rig.daemon.feed(name)
        return ledger.messages.received >= messages && ledger.messages.held === 0
      }
      await until(isAtRest, { what: `feed ${name} to settle ${messages} messages`, timeoutMs })
      const { ledger } = await rig.daemon.feed(name)
      const problem = imbalance(ledger)
      const { received, settled } = ledger.messages
      return { id: 'I1', ok: !problem, detail: `${name}: ${problem ?? `received ${received} = settled ${settled}`}` }
    },
    records,
    deadLetters: () => read(`${topic}.dead-letter`),
    sizes: async () => ({ records: await size(topic), deadLetters: await size(`${topic}.dead-letter`) }),
    decoded: async () => decode(await records(), rig.registry.direct),
  }
}

const READ_MS = 120_000
