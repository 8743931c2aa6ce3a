/** Records as Kafka has them: read by kafkajs, their schema asked of the registry by the id in the value. */
import { randomUUID } from 'node:crypto'
import avsc from 'avsc'
import { quietKafka } from '../lib/kafka-admin.ts'

/** Where to read. */
export interface Servers {
  readonly bootstrapServers: string
  /** Base of the Confluent API. */
  readonly registryUrl: string
  readonly signal: AbortSignal
}

/** A record's key and value. */
export interface RawRecord {
  readonly key: string
  readonly value: Buffer
}

const READ_MS = 30_000
const HEADER_BYTES = 5

/** Reads `count` records of `topic` from its beginning. Rejects when there are fewer after 30 s. */
export async function readRecords(topic: string, count: number, servers: Servers): Promise<RawRecord[]> {
  const consumer = quietKafka(servers.bootstrapServers).consumer({
    groupId: `system-${randomUUID()}`,
    maxWaitTimeInMs: 100,
  })
  const records: RawRecord[] = []
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const late = () =>
        reject(new Error(`${records.length} of ${count} records of ${topic} after ${READ_MS / 1000} s`))
      const stop = AbortSignal.any([servers.signal, AbortSignal.timeout(READ_MS)])
      stop.addEventListener('abort', late, { once: true })
      const eachMessage = async ({
        message: { key, value },
      }: {
        message: { key: Buffer | null; value: Buffer | null }
      }) => {
        records.push({ key: key?.toString() ?? '', value: value ?? Buffer.alloc(0) })
        if (records.length >= count) resolve()
      }
      consumer.run({ eachMessage, autoCommit: false }).catch(reject)
    })
  } finally {
    await consumer.disconnect().catch(() => {})
  }
  return records.slice(0, count)
}

/** The schema that a value's five-byte header names, as the registry has it. Rejects when there is no such header or schema. */
export async function schemaOf(value: Buffer, { registryUrl }: Servers): Promise<string> {
  if (value.length <= HEADER_BYTES || value[0] !== 0) throw new Error(`no wire format: ${value.length} bytes`)
  const id = value.readUInt32BE(1)
  const response = await fetch(`${registryUrl}/schemas/ids/${id}`, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`the registry answered ${response.status} for the schema id ${id} of a record`)
  return ((await response.json()) as { schema: string }).schema
}

/** Reads the first record of a topic and decodes it with the schema it names. */
export async function decodeFirst(
  topic: string,
  servers: Servers,
): Promise<{ key: string; document: Record<string, unknown> }> {
  const [record] = await readRecords(topic, 1, servers)
  if (record === undefined) throw new Error(`${topic} is empty`)
  const type = avsc.Type.forSchema(JSON.parse(await schemaOf(record.value, servers)))
  return { key: record.key, document: type.fromBuffer(record.value.subarray(HEADER_BYTES)) as Record<string, unknown> }
}
