import { describe, expect, it } from '@jest/globals'
import type { StoredRecord } from '../../../app/produce/topic-reader.ts'
import { byTime } from '../../../app/redrive/by-time.ts'
import { stored } from '../../support/stored-records.ts'

const record = (receivedAt: number): StoredRecord => stored({ message: 'm', receivedAt })

async function* stream(...batches: readonly (readonly number[])[]): AsyncGenerator<readonly StoredRecord[]> {
  for (const batch of batches) yield batch.map(record)
}

async function times(...streams: readonly AsyncIterable<readonly StoredRecord[]>[]): Promise<number[]> {
  const found: number[] = []
  for await (const { timestamp } of byTime(streams)) found.push(timestamp)
  return found
}

describe('byTime', () => {
  it('lets the oldest go first, over batches, empty ones and empty streams', async () => {
    expect(await times(stream([1, 4], [], [7]), stream(), stream([2], [3, 8, 9]), stream([]))).toEqual([
      1, 2, 3, 4, 7, 8, 9,
    ])
  })

  it('never changes the order within a stream', async () => {
    expect(await times(stream([5, 1], [2]), stream([3, 4]))).toEqual([3, 4, 5, 1, 2])
  })

  it('is empty for none', async () => {
    expect(await times()).toEqual([])
  })
})
