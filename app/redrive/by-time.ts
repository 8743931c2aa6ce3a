/** Merges streams of records, oldest first. */
import type { StoredRecord } from '../produce/topic-reader.ts'

type BatchIterator = AsyncIterator<readonly StoredRecord[]>

interface Stream {
  readonly batches: BatchIterator
  batch: readonly StoredRecord[]
  at: number
}

/** Keeps the order within each stream; among streams, yields the oldest next record. Buffers one batch of each stream. */
export async function* byTime(
  streams: readonly AsyncIterable<readonly StoredRecord[]>[],
): AsyncGenerator<StoredRecord> {
  const open: Stream[] = []
  for (const stream of streams) {
    const one: Stream = { batches: stream[Symbol.asyncIterator](), batch: [], at: 0 }
    if (await hasNext(one)) open.push(one)
  }
  while (open.length > 0) {
    const oldest = open.reduce((best, next) => (nextTimeOf(next) < nextTimeOf(best) ? next : best))
    yield oldest.batch[oldest.at++] as StoredRecord
    if (!(await hasNext(oldest))) open.splice(open.indexOf(oldest), 1)
  }
}

function nextTimeOf({ batch, at }: Stream): number {
  return batch[at]?.timestamp ?? Number.POSITIVE_INFINITY
}

/** Fetches a batch when the current one is used up. Returns false at the end of the stream. */
async function hasNext(stream: Stream): Promise<boolean> {
  while (stream.at >= stream.batch.length) {
    const { done, value } = await stream.batches.next()
    if (done) return false
    stream.batch = value
    stream.at = 0
  }
  return true
}
