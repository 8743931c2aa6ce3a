/**
 * A process that writes through one sink as the hold loop would, so that a library that ends its process is seen to do so.
 * Argument: `DriverJob` as JSON. It prints `acknowledged` at the first batch of each partition, `held <reason>` the first
 * time a write is held for that reason and, at its end, a `DriverReport`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '../../app/errors.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { KafkaRecord, Sink } from '../../app/model.ts'
import { type SinkOptions, sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'

/** What to write: `batches` of `batchSize` numbered records to each of `partitions`. */
export interface DriverJob {
  readonly sink: keyof typeof sinks
  readonly options: SinkOptions
  readonly topic: string
  readonly partitions: number
  readonly batches: number
  readonly batchSize: number
  /** Milliseconds between two writes to a partition. */
  readonly pauseMs: number
}

/** How it went. */
export interface DriverReport {
  /** How often a write was tried again, by reason. */
  readonly retries: Readonly<Record<string, number>>
  readonly events: Readonly<Record<string, number>>
}

if (import.meta.filename === process.argv[1]) await main(JSON.parse(process.argv[2] ?? '') as DriverJob)

async function main(job: DriverJob): Promise<void> {
  const retries: Record<string, number> = {}
  const events: Record<string, number> = {}
  const open = await loadKind(sinks, job.sink)
  const count = ({ type }: { readonly type: string }): void => {
    events[type] = (events[type] ?? 0) + 1
  }
  const sink = open({}, { kafka: job.options, emit: count, clock: new Clock() })
  const partitions = Array.from({ length: job.partitions }, (_, partition) => partition)
  await Promise.all(partitions.map((partition) => fill(sink, job, partition, retries)))
  await sink.close()
  console.log(JSON.stringify({ retries, events } satisfies DriverReport))
}

/** One write in flight for a partition, each tried again until it is taken. */
async function fill(sink: Sink, job: DriverJob, partition: number, retries: Record<string, number>): Promise<void> {
  for (let batch = 0; batch < job.batches; batch++) {
    let rest = Array.from({ length: job.batchSize }, (_, i) => numbered(partition, batch * job.batchSize + i))
    while (rest.length > 0) rest = await attempt(sink, job, partition, rest, retries)
    if (batch === 0) console.log('acknowledged')
    await sleep(job.pauseMs)
  }
}

/** Resolves to what is still to be written. */
async function attempt(
  sink: Sink,
  { topic }: DriverJob,
  partition: number,
  records: KafkaRecord[],
  retries: Record<string, number>,
): Promise<KafkaRecord[]> {
  try {
    await sink.write(topic, partition, records)
    return []
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    if (!retries[error.reason]) console.log(`held ${error.reason}`)
    retries[error.reason] = (retries[error.reason] ?? 0) + 1
    await sleep(50)
    return records.slice(error.settled)
  }
}

function numbered(partition: number, number: number): KafkaRecord {
  return { key: null, value: Buffer.from(`${partition}:${number}`), timestamp: Date.now() }
}
