/** The left loop: counts what comes, hands it to the lane, and asks for more only when that is kept. */
import { describe, expect, it } from '@jest/globals'
import type { Message } from '../../../app/model.ts'
import { deliver, receive } from '../../../app/pipeline.ts'
import { testFeed } from '../../support/daemon-parts.ts'
import { laneBench } from '../../support/lanes.ts'
import { numbered, source, texts } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

describe('receive', () => {
  it('counts and tells what came, and skips pulls that brought nothing', async () => {
    const feed = await testFeed()
    async function* arrivals(): AsyncGenerator<readonly Message[]> {
      yield numbered(2)
      yield []
      yield numbered(3, source(), 2)
    }
    await receive(arrivals(), feed)
    expect([feed.ledger.received, feed.lane.held.messages]).toEqual([5, 5])
    expect(feed.events).toEqual(
      [2, 3].flatMap((messages) => {
        const at = 1_700_000_000_000
        return [
          { type: 'messages.received', source: source(), messages, firstAt: at, at },
          { type: 'messages.kept', source: source(), at },
        ]
      }),
    )
  })

  it('asks for more only when the lane has kept what came: what waits is received and held', async () => {
    const feed = await testFeed({}, 600)
    let pulls = 0
    async function* arrivals(): AsyncGenerator<readonly Message[]> {
      for (; pulls < 4; pulls++) yield numbered(1, source(), pulls)
    }
    const loop = receive(arrivals(), feed)
    await until(() => feed.ledger.received === 3, { what: 'a full lane' })
    await new Promise((resolve) => setImmediate(resolve))
    expect([pulls, feed.ledger.received, feed.lane.held.messages]).toEqual([2, 3, 3])
    const seen: string[] = []
    const stop = new AbortController()
    for await (const batch of feed.lane.read(stop.signal)) {
      seen.push(...texts(batch.messages))
      feed.lane.acknowledge(batch)
      if (seen.length === 4) break
    }
    await loop
    expect(seen).toEqual(['0', '1', '2', '3'])
    expect([feed.ledger.received, feed.lane.held.messages]).toEqual([4, 0])
  })

  it('tells a source that its messages are safe: in a lane that is gone with the process, once they are settled', async () => {
    const told: string[] = []
    const waiting = (): Message[] => numbered(2).map((one) => ({ ...one, taken: () => void told.push(`${one.data}`) }))
    async function* arrivals(): AsyncGenerator<readonly Message[]> {
      yield waiting()
    }
    const memory = await testFeed({ parse: () => ({}) })
    await receive(arrivals(), memory)
    const stop = new AbortController()
    const loop = deliver(memory, stop.signal)
    await until(() => memory.added.length === 2, { what: 'records' })
    expect(told).toEqual([])
    for (const { settlement } of memory.added) settlement.produced(1)
    expect(told).toEqual(['0', '1'])
    stop.abort()
    await loop
    const bench = await laneBench()
    const disk = await testFeed({ lane: await bench.open('disk') })
    await receive(arrivals(), disk)
    expect(told).toEqual(['0', '1', '0', '1'])
    await bench.end()
  })

  it('tells it so of what the policy of a full lane gives up', async () => {
    let told = 0
    const feed = await testFeed({}, 600)
    feed.lane.resize({ laneMaxBytes: 600, overload: 'drop-newest' })
    async function* arrivals(): AsyncGenerator<readonly Message[]> {
      for (let n = 0; n < 5; n++) yield numbered(1, source(), n).map((one) => ({ ...one, taken: () => void told++ }))
    }
    await receive(arrivals(), feed)
    expect([told, feed.lane.held.messages]).toEqual([3, 2])
  })

  it('ends with the error of its arrivals', async () => {
    const feed = await testFeed()
    async function* arrivals(): AsyncGenerator<readonly Message[]> {
      yield numbered(1)
      throw new TypeError('a bug')
    }
    await expect(receive(arrivals(), feed)).rejects.toThrow('a bug')
    expect(feed.ledger.received).toBe(1)
  })
})
