/** The contract of model.ts's Lane, over every entry of the registry. */
import { rename, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type LaneOptions, lanes } from '../../app/lane/index.ts'
import { createLedger } from '../../app/ledger.ts'
import type { Batch, Lane, Message, SourceInfo } from '../../app/model.ts'
import { type Bench, type LaneName, laneBench, nextBatch, numbersOf, readAll } from '../support/lanes.ts'
import { numbered, source, texts } from '../support/messages.ts'
import { until } from '../support/until.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Whether `promise` is still pending after the loop has turned. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  await turn()
  return (await Promise.race([promise.then(() => 'done'), turn().then(() => 'pending')])) === 'pending'
}

/** Messages so large that the overhead per message, which lanes count differently, does not matter. */
function large(count: number, from?: SourceInfo, first?: number): Message[] {
  return numbered(count, from, first).map((message) => ({
    ...message,
    data: Buffer.from(message.data.toString().padEnd(1_000)),
  }))
}

describe.each(Object.keys(lanes) as LaneName[])('lane %s', (name) => {
  let bench: Bench
  beforeEach(async () => {
    bench = await laneBench()
  })
  afterEach(() => bench.end())
  const open = (over: Partial<LaneOptions> = {}): Promise<Lane> => bench.open(name, over)

  it('hands on every message, in order per source, and holds nothing afterwards', async () => {
    const lane = await open()
    const [a, b] = [source('a'), source('b')]
    await Promise.all([lane.append(numbered(5_000, a)), lane.append(numbered(10, b)), lane.append([])])
    await lane.append(numbered(10, a, 5_000))
    expect(lane.held.messages).toBe(5_020)
    const seen = await readAll(lane, 5_020)
    expect(texts(seen.filter((m) => m.source === a))).toEqual(texts(numbered(5_010, a)))
    expect(texts(seen.filter((m) => m.source === b))).toEqual(texts(numbered(10, b)))
    expect(lane.held).toMatchObject({ messages: 0, bytes: 0, oldestReceivedAt: 0 })
  })

  it('gives each message that enters the next number', async () => {
    const lane = await open()
    const sources = [source('a'), source('b'), source('c')]
    const appends = sources.flatMap((from) => [1, 2_500, 30].map((count) => lane.append(numbered(count, from))))
    const batches: Batch[] = []
    const stop = new AbortController()
    for await (const batch of lane.read(stop.signal)) {
      batches.push(batch)
      lane.acknowledge(batch)
      if (batches.reduce((sum, { messages }) => sum + messages.length, 0) === 7_593) stop.abort()
    }
    await Promise.all(appends)
    const numbers = batches.flatMap(numbersOf)
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at))
    expect(numbers[0]).toBeGreaterThan(0)
  })

  it('leaves out the numbers of what it gave up, and gives none to what it did not take', async () => {
    const lane = await open({ laneMaxBytes: 500_000, overload: 'drop-oldest', maxInFlightBatches: 1 })
    await lane.append(large(100))
    const first = await nextBatch(lane)
    const start = numbersOf(first)[0] ?? 0
    for (let at = 100; at < 1_000; at += 100) await lane.append(large(100, source(), at))
    lane.acknowledge(first)
    const second = await nextBatch(lane)
    expect(numbersOf(second).map((number) => number - start)).toEqual(second.messages.map(({ data }) => Number(data)))
    lane.acknowledge(second)
    await lane.append(large(1))
    lane.resize({ laneMaxBytes: 1_000, overload: 'drop-newest' })
    await lane.append(large(100))
    lane.resize({ laneMaxBytes: 500_000, overload: 'block' })
    await lane.append(large(1))
    const rest: number[] = []
    for await (const batch of lane.read(new AbortController().signal)) {
      rest.push(...numbersOf(batch))
      lane.acknowledge(batch)
      if (lane.held.messages === 0) break
    }
    expect(rest).toEqual([start + 1_000, start + 1_001])
  })

  it('has an id by chance, and gives no number again under the same', async () => {
    const [lane, other] = [await open(), await open({ feed: 'g' })]
    expect(lane.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(other.id).not.toBe(lane.id)
    await lane.append(numbered(3))
    const gone = await nextBatch(lane)
    lane.acknowledge(gone)
    await lane.append(numbered(4_000))
    const kept = await nextBatch(lane)
    await lane.close()

    const next = await open()
    expect(next.id === lane.id).toBe(lane.durable)
    if (lane.durable) {
      const again = await nextBatch(next)
      expect([numbersOf(again), texts(again.messages)]).toEqual([numbersOf(kept), texts(kept.messages)])
      await next.append(numbered(1))
      const all = numbersOf(again)
      for await (const batch of next.read(new AbortController().signal)) {
        all.push(...numbersOf(batch))
        if (all.length === 4_001) break
      }
      expect(all).toEqual([...new Set(all)].sort((a, b) => a - b))
      expect(all[0]).toBeGreaterThan(Math.max(...numbersOf(gone)))
    }
  })

  it('keeps an append waiting while it is full, counts what waits as held, and lets it in once there is room', async () => {
    const lane = await open({ laneMaxBytes: 500_000 })
    await lane.append(large(300))
    const late = lane.append(large(300, source(), 300))
    expect(await isPending(late)).toBe(true)
    expect(lane.held.messages).toBe(600)
    expect(lane.held.bytes).toBeLessThanOrEqual(500_000)
    expect(texts(await readAll(lane, 600))).toEqual(texts(large(600)))
    await late
  })

  it('bounds the number of messages by its bytes, be they empty', async () => {
    const ledger = createLedger()
    const lane = await open({ laneMaxBytes: 100_000, overload: 'drop-newest', ledger })
    for (let sent = 0; sent < 10_000; sent += 100) {
      await lane.append(numbered(100).map((one) => ({ ...one, data: Buffer.alloc(0) })))
    }
    expect(lane.held.messages).toBeLessThan(5_000)
    expect(lane.held.messages + (ledger.dropped.get('drop-newest') ?? 0)).toBe(10_000)
  })

  it('reads on for another reader, whatever the one before has on its way', async () => {
    const lane = await open({ maxInFlightBatches: 1 })
    await lane.append(numbered(1))
    const stop = new AbortController()
    const first = lane.read(stop.signal)[Symbol.asyncIterator]()
    const { value: stuck } = await first.next()
    await lane.append(numbered(2, source(), 1))
    const waiting = first.next()
    expect(await isPending(waiting)).toBe(true)
    stop.abort()
    expect((await waiting).done).toBe(true)
    expect(texts(await readAll(lane, 2))).toEqual(['1', '2'])
    expect(lane.held.messages).toBe(1)
    lane.acknowledge(stuck)
    expect(lane.held).toMatchObject({ messages: 0, bytes: 0 })
  })

  it('has other bounds when it is told so: what waits enters, and what comes is dropped', async () => {
    const ledger = createLedger()
    const lane = await open({ laneMaxBytes: 500_000, ledger })
    await lane.append(large(300))
    const late = lane.append(large(300, source(), 300))
    expect(await isPending(late)).toBe(true)
    lane.resize({ laneMaxBytes: 2_000_000, overload: 'block' })
    await late
    expect(lane.held).toMatchObject({ messages: 600, limitBytes: 2_000_000 })
    lane.resize({ laneMaxBytes: 1_000, overload: 'drop-newest' })
    await lane.append(large(1, source(), 600))
    expect(ledger.dropped.get('drop-newest')).toBe(1)
    expect(texts(await readAll(lane, 600))).toEqual(texts(large(600)))
  })

  it('takes an append larger than the whole lane when it is empty', async () => {
    const lane = await open({ laneMaxBytes: 1_000 })
    await lane.append(numbered(100))
    expect(lane.held.messages).toBe(100)
  })

  it('keeps a source at half of the lane while another waits', async () => {
    const lane = await open({ laneMaxBytes: 400_000 })
    const [greedy, modest] = [source('greedy'), source('modest')]
    const hundred = (from = greedy, first = 0): Message[] => large(100, from, first)
    for (let i = 0; i < 3; i++) await lane.append(hundred(greedy, i * 100))
    const more = lane.append(hundred(greedy, 300))
    const other = lane.append(large(200, modest))
    const batches: Batch[] = []
    const stop = new AbortController()
    for await (const batch of lane.read(stop.signal)) {
      batches.push(batch)
      lane.acknowledge(batch)
      if (batches.flatMap((b) => b.messages).length >= 600) stop.abort()
    }
    await Promise.all([more, other])
    const order = batches.flatMap((b) => b.messages)
    expect(texts(order.filter((m) => m.source === greedy))).toEqual(texts(large(400, greedy)))
    expect(order.filter((m) => m.source === modest)).toHaveLength(200)
  })

  it('gives up what arrives when it is full and told so', async () => {
    const ledger = createLedger()
    const lane = await open({ laneMaxBytes: 500_000, overload: 'drop-newest', ledger })
    await lane.append(large(300))
    await lane.append(large(300, source(), 300))
    expect(lane.held.messages).toBe(300)
    expect(ledger.dropped).toEqual(new Map([['drop-newest', 300]]))
    expect(texts(await readAll(lane, 300))).toEqual(texts(large(300)))
    await lane.append(large(300, source(), 600))
    expect(texts(await readAll(lane, 300))).toEqual(texts(large(300, source(), 600)))
  })

  it('gives up the oldest that is not on its way when it is full and told so', async () => {
    const ledger = createLedger()
    const lane = await open({ laneMaxBytes: 500_000, overload: 'drop-oldest', maxInFlightBatches: 1, ledger })
    await lane.append(large(100))
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    const first = (await reader.next()).value as Batch
    for (let at = 100; at < 1_000; at += 100) await lane.append(large(100, source(), at))
    const dropped = ledger.dropped.get('drop-oldest') ?? 0
    expect(dropped).toBeGreaterThanOrEqual(500)
    expect(lane.held.messages).toBe(1_000 - dropped)
    expect(lane.held.bytes).toBeLessThanOrEqual(500_000)
    lane.acknowledge(first)
    expect(texts(first.messages)).toEqual(texts(large(100)))
    const rest = 900 - dropped
    expect(texts(await readAll(lane, rest))).toEqual(texts(large(rest, source(), 1_000 - rest)))
    expect(lane.held).toMatchObject({ messages: 0, bytes: 0 })
  })

  it('runs ahead of acknowledgements by no more than the bound', async () => {
    const lane = await open({ maxInFlightBatches: 2 })
    await lane.append(numbered(20_000))
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    const first = (await reader.next()).value as Batch
    await reader.next()
    const third = reader.next()
    expect(await isPending(third)).toBe(true)
    lane.acknowledge(first)
    expect(((await third).value as Batch).messages.length).toBeGreaterThan(0)
  })

  it('counts a batch acknowledged twice once', async () => {
    const lane = await open()
    await lane.append(numbered(10))
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    const batch = (await reader.next()).value as Batch
    lane.acknowledge(batch)
    lane.acknowledge(batch)
    expect(lane.held).toMatchObject({ messages: 0, bytes: 0 })
  })

  it('is drained when all is acknowledged, and stops waiting when told to', async () => {
    const lane = await open()
    await lane.append(numbered(10))
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    const batch = (await reader.next()).value as Batch
    const patience = new AbortController()
    const impatient = lane.drained(patience.signal)
    expect(await isPending(impatient)).toBe(true)
    patience.abort()
    await impatient
    const drained = lane.drained(new AbortController().signal)
    expect(await isPending(drained)).toBe(true)
    lane.acknowledge(batch)
    await drained
  })

  it('knows the age of the oldest message it holds, in flight or not', async () => {
    const lane = await open()
    const at = 1_700_000_000_000
    await lane.append([{ ...numbered(1)[0], receivedAt: at } as Message])
    await lane.append([{ ...numbered(1)[0], receivedAt: at + 5 } as Message])
    expect(lane.held.oldestReceivedAt).toBe(at)
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    await reader.next()
    expect(lane.held.oldestReceivedAt).toBe(at)
  })

  it('calls nothing kept that the next start would not find, and hands it on all the same', async () => {
    const lane = await open()
    expect(await lane.survives()).toBe(lane.durable)
    await lane.append(numbered(5))
    expect(lane.held.kept).toBe(lane.durable ? 5 : 0)
    await rm(bench.directory, { recursive: true })
    await until(() => lane.held.kept === 0, { what: 'it to be noticed' })
    expect(await lane.survives()).toBe(false)
    expect(lane.held.messages).toBe(5)
    const late = lane.append(numbered(5, source(), 5))
    if (lane.durable) {
      await until(() => bench.events.length > 0, { what: 'it to be said' })
      expect(bench.events).toEqual([
        {
          type: 'lane.held',
          feed: 'f',
          isNews: true,
          detail: expect.stringContaining(`are gone from ${bench.directory}`),
        },
      ])
      expect(await isPending(late)).toBe(true)
    }
    const drained = lane.drained(new AbortController().signal)
    expect(texts(await readAll(lane, 10))).toEqual(texts(numbered(10)))
    await Promise.all([late, drained])
    expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
  })

  it('holds what comes while its directory is elsewhere, and goes on when that is back', async () => {
    const lane = await open()
    await lane.append(numbered(5))
    const away = `${bench.directory}.away`
    await rename(bench.directory, away)
    await until(() => lane.held.kept === 0, { what: 'it to be noticed' })
    const late = lane.append(numbered(5, source(), 5))
    if (lane.durable) await until(() => bench.events.length > 0, { what: 'it to be said' })
    await rename(away, bench.directory)
    await late
    expect(await lane.survives()).toBe(lane.durable)
    expect(lane.held.kept).toBe(lane.durable ? 10 : 0)
    const said = bench.events.filter((event) => event.type !== 'lane.held' || event.isNews).map(({ type }) => type)
    expect(said).toEqual(lane.durable ? ['lane.held', 'lane.resumed'] : [])
    expect(texts(await readAll(lane, 10))).toEqual(texts(numbered(10)))
  })
})
