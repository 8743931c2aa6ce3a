/** A lane that 0.1.0 wrote is taken up as it is, and what 0.1.0 makes of one of this version is known. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Store } from '../../app/lane/disk/store.ts'
import { createLedger } from '../../app/ledger.ts'
import type { Lane } from '../../app/model.ts'
import { type Bench, laneBench, nextBatch, numbersOf, readAll } from '../support/lanes.ts'
import { message, numbered, source, texts } from '../support/messages.ts'

/**
 * Written by the code of 0.1.0: of `ws://a/ü` 0 to 19 were settled, 20 to 39 read and kept, then one of `ws://b` with a cursor read and
 * kept, 40 to 59 given up behind them, and 60 to 139 in blocks of 20 of both sources in turn; all numbers are padded to 250 bytes.
 */
const FIXTURE = fileURLToPath(new URL('../fixtures/lanes/version-1.mdb.gz', import.meta.url))
const LEFT = [...range(20, 40), 'x'.repeat(100), ...range(60, 140)]

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => String(from + i))
}

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

/** What is in the file, as 0.1.0 reads it: the first byte of each block, and the sums. */
async function contents() {
  const store = new Store(join(bench.directory, 'f'))
  const blocks = await Promise.all(store.keys().map((key) => store.read(key)))
  const sums = JSON.parse(String(await store.readCounts())) as Record<string, unknown>
  const { entries } = store
  await store.close()
  return { versions: blocks.map((block) => block?.[0]), sums, entries }
}

describe('a lane of 0.1.0', () => {
  beforeEach(async () => {
    await mkdir(join(bench.directory, 'f'))
    await writeFile(join(bench.directory, 'f', 'data.mdb'), gunzipSync(await readFile(FIXTURE)))
  })

  /** Reads all that is left, and acknowledges none of it. */
  async function readOnly(lane: Lane): Promise<[text: string, number: number][]> {
    const read: [string, number][] = []
    const { messages } = lane.held
    for await (const batch of lane.read(new AbortController().signal)) {
      const numbers = numbersOf(batch)
      for (const [at, { data }] of batch.messages.entries()) read.push([data.toString().trim(), numbers[at] ?? 0])
      if (read.length === messages) break
    }
    return read
  }

  it('is read with its order, its sums, its sources and its cursors', async () => {
    const ledger = createLedger()
    const lane = await bench.open('disk', { ledger })
    expect(lane.held).toMatchObject({ messages: 101, kept: 101, oldestReceivedAt: 1_700_000_000_000 })
    expect(ledger).toMatchObject({ received: 141, settled: 20, found: 20, produced: 19, ignored: 1 })
    expect([ledger.dropped, ledger.refused]).toEqual([new Map([['drop-oldest', 20]]), new Map([['no_key', 2]])])
    await lane.append(numbered(1, source('ws://c'), 140))
    const read = await readAll(lane, 102)
    expect(texts(read).map((text) => text.trim())).toEqual([...LEFT, '140'])
    expect(read[20]).toEqual({ ...message('x'.repeat(100), source('ws://b')), cursor: 'c✓' })
    expect([read[0], read[21], read[41]].map((one) => one?.source.id)).toEqual(['ws://a/ü', 'ws://b', 'ws://a/ü'])
    await lane.close()
    expect((await bench.open('disk')).held.messages).toBe(0)
  })

  it('has numbers that are the same at each start, whatever was forgotten and came since', async () => {
    const lane = await bench.open('disk', { maxInFlightBatches: 100 })
    await lane.append(numbered(1, source(), 140))
    const first = await readOnly(lane)
    expect(first.map(([text]) => text)).toEqual([...LEFT, '140'])
    await lane.close()
    const again = await bench.open('disk', { maxInFlightBatches: 100 })
    expect(again.id).toBe(lane.id)
    const batch = await nextBatch(again)
    await again.append(numbered(3_000, source(), 141))
    again.acknowledge(batch)
    await again.close()
    const last = await readOnly(await bench.open('disk', { maxInFlightBatches: 100 }))
    expect(last.slice(0, -3_000)).toEqual(first.slice(batch.messages.length))
    const numbers = [...first, ...last.slice(-3_000)].map(([, number]) => number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  })

  it('fills batches with its small blocks as it did', async () => {
    expect((await nextBatch(await bench.open('disk'))).messages).toHaveLength(101)
  })

  it('stays one of 0.1.0, but for its sums, until something is kept', async () => {
    await (await bench.open('disk')).close()
    expect(await contents()).toMatchObject({ versions: [1, 1, 1, 1, 1, 1], sums: { version: 1, next: 9 }, entries: 7 })
  })
})

describe('a lane of this version', () => {
  it('holds blocks that 0.1.0 refuses, and only sums that it reads once it is empty', async () => {
    const lane = await bench.open('disk')
    await lane.append(numbered(3_000))
    await lane.close()
    expect((await contents()).versions).toEqual([2, 2])
    const again = await bench.open('disk')
    await readAll(again, 3_000)
    await again.close()
    expect(await contents()).toMatchObject({ versions: [], sums: { version: 1, received: 3_000 }, entries: 1 })
  })

  it('has another id after 0.1.0 had it, which knows nothing of numbers', async () => {
    const lane = await bench.open('disk')
    await lane.close()
    const store = new Store(join(bench.directory, 'f'))
    const { numbers: _, ...sums } = JSON.parse(String(await store.readCounts()))
    await store.commit({ blocks: [], forget: [], counts: Buffer.from(JSON.stringify(sums)) })
    await store.close()
    expect((await bench.open('disk')).id).not.toBe(lane.id)
  })
})
