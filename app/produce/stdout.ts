/** A dry run: one JSON line per record on standard output, no Kafka. */
import type { Writable } from 'node:stream'
import { Unavailable } from '../errors.ts'
import type { KafkaRecord, Sink, TopicInfo } from '../model.ts'
import type { OpenSink } from './options.ts'

/** Every topic exists, with one partition and Kafka's default limit. */
const ANY_TOPIC: TopicInfo = { partitions: 1, maxMessageBytes: 1_048_588 }

/** Opens the sink on standard output. */
export const openStdout: OpenSink = (): Sink => lineSink(process.stdout)

/**
 * Writes to `out` and waits until it has taken the lines; never ends it. When the reader has gone, `write` throws `Unavailable`.
 * A line is `{topic, partition, key, timestamp, bytes, value, headers?}`: key and headers as text, value in base64.
 */
export function lineSink(out: Writable): Sink {
  // Without a listener a reader that goes away (EPIPE) would end the process.
  out.on('error', () => {})
  return {
    describe: async () => ANY_TOPIC,
    write: (topic, partition, records) =>
      new Promise((resolve, reject) => {
        out.write(records.map((record) => line(topic, partition, record)).join(''), (cause) => {
          if (cause) reject(new Unavailable('connect', `standard output is gone: ${cause.message}`, { cause }))
          else resolve([])
        })
      }),
    close: async () => {},
  }
}

function line(topic: string, partition: number, { key, value, timestamp, headers }: KafkaRecord): string {
  const shown = {
    topic,
    partition,
    key: key?.toString() ?? null,
    timestamp,
    bytes: value.length,
    value: value.toString('base64'),
    ...(headers && { headers: Object.fromEntries(headers.map(([name, content]) => [name, content.toString()])) }),
  }
  return `${JSON.stringify(shown)}\n`
}
