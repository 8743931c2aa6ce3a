/** One feed's life: parked, started, drained. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import { type FeedParts, runFeed } from '../../../app/feed.ts'
import { createLedger } from '../../../app/ledger.ts'
import type { Message, SourceInfo } from '../../../app/model.ts'
import { jsonEncoder, keepingOutlet, type TestFeed, testFeed } from '../../support/daemon-parts.ts'
import { numbered, source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const a = source('ws://a/')
const b = source('ws://b/')

/** Two sources; each sends two messages and then nothing until it is stopped. */
async function parts(over: Partial<FeedParts> = {}): Promise<FeedParts & TestFeed & { readonly ended: SourceInfo[] }> {
  const ended: SourceInfo[] = []
  async function* dial(from: SourceInfo, signal: AbortSignal): AsyncGenerator<readonly Message[]> {
    yield numbered(2, from)
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    // What was on the wire when the stop came still counts.
    yield numbered(1, from, 2)
    ended.push(from)
  }
  const use = { setting: 'FEED_F_SCHEMA', holds: 'records', keyCure: undefined } as const
  return { ...(await testFeed()), restored: createLedger(), sources: [a, b], use, dial, ended, ...over }
}

const settle = (feed: TestFeed): void => {
  for (const { settlement } of feed.added.splice(0)) settlement.produced(1)
}

describe('a feed', () => {
  it('dials all its sources at once when schema and topic are there, and says so', async () => {
    const feed = await parts()
    const running = runFeed(feed)
    await running.started
    await until(() => feed.added.length === 0 && feed.ledger.received === 4, { what: 'messages of both' })
    expect(feed.events[0]).toEqual({ type: 'feed.started', feed: 'f', topics: ['topic'], sources: [a, b] })
    expect(running.parkedBecause()).toBe('')
    await running.drain(AbortSignal.timeout(5_000))
    running.halt()
    await running.ended
    expect(feed.ended).toEqual([a, b])
  })

  it('is parked while something is away: tries again, says each obstacle once, dials nobody', async () => {
    let tries = 0
    const obstacles = ['no schema', 'no schema', 'no topic']
    const encoder = jsonEncoder({
      prepare: async () => {
        const obstacle = obstacles[tries++]
        if (obstacle) throw new Unavailable('no_subject', obstacle)
      },
    })
    const feed = await parts({ encoder })
    const running = runFeed(feed)
    await until(() => tries === 1, { what: 'a try' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(running.parkedBecause()).toBe('no schema')
    expect(feed.ledger.received).toBe(0)
    await running.started
    expect(tries).toBe(4)
    expect(running.parkedBecause()).toBe('')
    expect(feed.events.filter(({ type }) => type === 'feed.parked')).toEqual(
      ['no schema', 'no topic'].map((detail) => ({ type: 'feed.parked', feed: 'f', reason: 'no_subject', detail })),
    )
    await running.drain(AbortSignal.abort())
    running.halt()
    await running.ended
  })

  it('names all that is away in one line, and says it again only when something is new', async () => {
    let tries = 0
    const prepare = async () => {
      tries++
      throw new Unavailable('connect', 'the registry is away', { cure: 'look' })
    }
    const open = async () => {
      if (tries < 3) throw new Unavailable('connect', 'Kafka is away')
    }
    const feed = await parts({ encoder: jsonEncoder({ prepare }), outlet: keepingOutlet([], { open }) })
    const running = runFeed(feed)
    await until(() => tries >= 4 && running.parkedBecause() === 'the registry is away; look', {
      what: 'Kafka to be back',
    })
    expect(feed.events.flatMap((event) => (event.type === 'feed.parked' ? [event.detail] : []))).toEqual([
      'Kafka is away; and the registry is away; look',
    ])
    await running.drain(AbortSignal.abort())
    running.halt()
    await running.ended
  })

  it('ends when it is told to while it is parked, without having dialled', async () => {
    const open = () => Promise.reject(new Unavailable('connect', 'Kafka is away'))
    const feed = await parts({ outlet: keepingOutlet([], { open }) })
    const running = runFeed(feed)
    await until(() => running.parkedBecause() !== '', { what: 'a try' })
    await running.drain(AbortSignal.timeout(5_000))
    running.halt()
    await running.ended
    expect(feed.ledger.received).toBe(0)
    expect(feed.events.map(({ type }) => type)).toEqual(['feed.parked'])
  })

  it('drains: takes in what is on the wire, then waits until all of it is settled', async () => {
    const feed = await parts({ normalise: [(_document, { data }) => ({ n: Number(data) })], parse: () => ({}) })
    const running = runFeed(feed)
    await until(() => feed.added.length === 4, { what: 'records of both' })
    let drained = false
    const drain = running.drain(AbortSignal.timeout(20_000)).then(() => {
      drained = true
    })
    await until(() => feed.added.length === 6, { what: 'the last records' })
    expect(drained).toBe(false)
    settle(feed)
    await drain
    expect(feed.lane.held.messages).toBe(0)
    running.halt()
    await running.ended
  })

  it('drains what is on the wire also when its lane is empty at that moment', async () => {
    const feed = await parts({ parse: () => ({}) })
    const running = runFeed(feed)
    await until(() => feed.added.length === 4, { what: 'records of both' })
    settle(feed)
    expect(feed.lane.held.messages).toBe(0)
    let drained = false
    const drain = running.drain(AbortSignal.timeout(20_000)).then(() => {
      drained = true
    })
    await until(() => feed.added.length === 2, { what: 'the last records' })
    expect(drained).toBe(false)
    settle(feed)
    await drain
    running.halt()
    await running.ended
  })

  it('stops waiting at the deadline; what is held stays held', async () => {
    const feed = await parts({ parse: () => ({}) })
    const running = runFeed(feed)
    await until(() => feed.added.length === 4, { what: 'records of both' })
    const deadline = new AbortController()
    const drain = running.drain(deadline.signal)
    await until(() => feed.added.length === 6, { what: 'the last records' })
    deadline.abort()
    await drain
    running.halt()
    await running.ended
    expect(feed.lane.held.messages).toBe(6)
  })

  it.each([
    ['while it starts', { encoder: jsonEncoder({ prepare: () => Promise.reject(new TypeError('a bug')) }) }],
    ['in the left loop', { dial: failing }],
    ['in the right loop', { parse: failing }],
  ] as const)('ends with the error of a bug %s', async (_where, over) => {
    await expect(runFeed(await parts(over)).ended).rejects.toThrow('a bug')
  })
})

function failing(): never {
  throw new TypeError('a bug')
}
