/** What Kafka acknowledges soon need not be written, and is accounted for all the same. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createLedger } from '../../../../app/ledger.ts'
import type { Batch, Lane, Ledger, Message } from '../../../../app/model.ts'
import { type Bench, laneBench, nextBatch, numbersOf, readAll } from '../../../support/lanes.ts'
import { message, numbered, source, texts } from '../../../support/messages.ts'
import { until } from '../../../support/until.ts'

describe('a lane on disk', () => {
  let bench: Bench
  let lane: Lane
  let ledger: Ledger
  beforeEach(async () => {
    bench = await laneBench()
    ledger = createLedger()
    lane = await bench.open('disk', { ledger })
  })
  afterEach(() => bench.end())

  const [a, b, c] = [source('a'), source('b'), source('c')]
  /** Appends, reads and acknowledges. */
  const pass = async (messages: readonly Message[]): Promise<void> => {
    const passing = lane.append(messages)
    lane.acknowledge(await nextBatch(lane))
    await passing
  }
  const reopen = async (): Promise<{ lane: Lane; ledger: Ledger }> => {
    await lane.close()
    const again = createLedger()
    return { lane: await bench.open('disk', { ledger: again }), ledger: again }
  }

  it('hands on a message before it is written, and keeps it once it is acknowledged', async () => {
    let kept = false
    const keeping = lane.append(numbered(2, a)).then(() => {
      kept = true
    })
    const batch = await nextBatch(lane)
    expect(texts(batch.messages)).toEqual(['0', '1'])
    expect({ kept, held: lane.held }).toMatchObject({ kept: false, held: { messages: 2, kept: 0 } })
    lane.acknowledge(batch)
    await keeping
    expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
    const after = await reopen()
    expect(after.lane.held.messages).toBe(0)
    expect(after.ledger).toMatchObject({ received: 2, settled: 2 })
  })

  /** What a process that is killed now would leave. */
  const afterKill = async (): Promise<{ lane: Lane; ledger: Ledger }> => {
    const directory = join(bench.directory, 'killed')
    await mkdir(join(directory, 'f'), { recursive: true })
    for (const name of ['data.mdb', 'passed']) {
      await copyFile(join(bench.directory, 'f', name), join(directory, 'f', name))
    }
    const again = createLedger()
    return { lane: await bench.open('disk', { directory, ledger: again }), ledger: again }
  }

  it('counts what passed also when the process is killed right after', async () => {
    for (const first of [0, 2]) {
      Object.assign(ledger, { found: first + 2, produced: first + 2 })
      await pass(numbered(2, a, first))
    }
    const after = await afterKill()
    expect(after.lane.held.messages).toBe(0)
    expect(after.ledger).toMatchObject({ received: 4, settled: 4, found: 4, produced: 4 })
  })

  it('gives no number of what passed again when the process is killed right after, and keeps its id', async () => {
    const passing = lane.append(numbered(2, a))
    const passed = await nextBatch(lane)
    lane.acknowledge(passed)
    await passing
    const after = await afterKill()
    expect(after.lane.id).toBe(lane.id)
    const next = after.lane.append(numbered(1, a, 2))
    expect(numbersOf(await nextBatch(after.lane))[0]).toBeGreaterThan(numbersOf(passed)[1] ?? Number.NaN)
    await next
  })

  it('counts what passed once, whether its sums were written with the blocks or not', async () => {
    await pass(numbered(2, a))
    await lane.append(numbered(3, a, 2))
    const after = await afterKill()
    expect(after.ledger).toMatchObject({ received: 5, settled: 2 })
    expect(texts(await readAll(after.lane, 3))).toEqual(['2', '3', '4'])
    await after.lane.close()
    expect((await reopen()).ledger).toMatchObject({ received: 5, settled: 2 })
  })

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 20)],
    ['overwritten', (bytes: Buffer) => Buffer.alloc(bytes.length, 'x')],
    ['changed', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"passed":2', '"passed":7'), 'latin1')],
  ])('goes by the sums that are with the blocks when the file of what passed is %s', async (_, damage) => {
    await pass(numbered(2, a))
    await lane.append(numbered(3, a, 2))
    await lane.close()
    const path = join(bench.directory, 'f', 'passed')
    await writeFile(path, damage(await readFile(path)))
    expect((await reopen()).ledger).toMatchObject({ received: 5, settled: 2 })
  })

  it('writes what is not acknowledged in time, and hands it on again after a restart', async () => {
    const keeping = lane.append(numbered(3, a))
    await nextBatch(lane)
    await keeping
    expect(lane.held).toMatchObject({ messages: 3, kept: 3 })
    const after = await reopen()
    expect(after.ledger).toMatchObject({ received: 3, settled: 0 })
    expect(texts(await readAll(after.lane, 3))).toEqual(['0', '1', '2'])
  })

  it('forgets what was acknowledged once it was written', async () => {
    const keeping = lane.append(numbered(3, a))
    const batch = await nextBatch(lane)
    await until(() => lane.held.kept === 3, { what: 'the batch to be written' })
    lane.acknowledge(batch)
    await keeping
    expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
    const after = await reopen()
    expect(after.lane.held.messages).toBe(0)
    expect(after.ledger).toMatchObject({ received: 3, settled: 3 })
  })

  it('keeps the order of what was read before and after it was written, whichever is acknowledged first', async () => {
    const appends = [lane.append(numbered(2, a)), lane.append(numbered(2, b, 10))]
    const first = await nextBatch(lane)
    appends.push(lane.append(numbered(2, c, 20)))
    const second = await nextBatch(lane)
    await Promise.all(appends)
    await lane.append(numbered(2, a, 2))
    const third = await nextBatch(lane)
    expect([first, second, third].map(({ messages }) => texts(messages))).toEqual([
      ['0', '1', '10', '11'],
      ['20', '21'],
      ['2', '3'],
    ])
    lane.acknowledge(second)
    const after = await reopen()
    expect(after.ledger).toMatchObject({ received: 8, settled: 0 })
    expect(texts(await readAll(after.lane, 8))).toEqual(['0', '1', '10', '11', '20', '21', '2', '3'])
  })

  it('writes only the batch that is not acknowledged of two', async () => {
    const slow = lane.append(numbered(1, a))
    const first = await nextBatch(lane)
    const fast = lane.append(numbered(1, b, 10))
    const second = await nextBatch(lane)
    lane.acknowledge(second)
    await fast
    await slow
    expect(lane.held).toMatchObject({ messages: 1, kept: 1 })
    expect(first.messages).toHaveLength(1)
    const after = await reopen()
    expect(after.ledger).toMatchObject({ received: 2, settled: 1 })
    expect(texts(await readAll(after.lane, 1))).toEqual(['0'])
  })

  it('holds nothing of what passed one that is stuck', async () => {
    const stuck = lane.append(numbered(1, a))
    const first = await nextBatch(lane)
    await stuck
    const { bytes } = lane.held
    for (let n = 0; n < 20; n++) await pass(numbered(5, b, n))
    expect(lane.held).toMatchObject({ messages: 1, kept: 1, bytes })
    lane.acknowledge(first)
    expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
  })

  it('hands on nothing new while something older is not readable yet', async () => {
    const large = lane.append([message('x'.repeat(100_000), a)])
    const small = lane.append(numbered(1, b))
    const seen = await readAll(lane, 2)
    await Promise.all([large, small])
    expect(seen.map(({ source: { id } }) => id)).toEqual(['a', 'b'])
    expect(lane.held.messages).toBe(0)
  })

  it('hands on all of many small appends of many sources once, in order', async () => {
    const sources = Array.from({ length: 20 }, (_, i) => source(`s${i}`))
    const each = 300
    const sending = sources.map(async (from) => {
      for (let n = 0; n < each; n += 3) await lane.append(numbered(3, from, n))
    })
    const open: Batch[] = []
    const seen = new Map<string, number>(sources.map(({ id }) => [id, 0]))
    let left = sources.length * each
    const stop = new AbortController()
    const see = ({ source: { id }, data }: Message): void => {
      expect(Number(data)).toBe(seen.get(id))
      seen.set(id, Number(data) + 1)
    }
    for await (const batch of lane.read(stop.signal)) {
      batch.messages.forEach(see)
      left -= batch.messages.length
      open.push(batch)
      // Some at once, some late and the wrong way round.
      if (open.length === 3 || left === 0) for (const one of open.splice(0).reverse()) lane.acknowledge(one)
      if (left === 0) stop.abort()
    }
    await Promise.all(sending)
    expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
    const after = await reopen()
    expect(after.ledger).toMatchObject({ received: 6_000, settled: 6_000 })
  })
})
