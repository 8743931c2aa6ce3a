/** One feed's life: parked, started, drained. */
import { describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import { type FeedParts, runFeed } from '../../../app/feed.ts'
import { createLedger, ledgerReport } from '../../../app/ledger.ts'
import { Notifier } from '../../../app/lib/notifier.ts'
import type { Message, Source, SourceInfo, Sources } from '../../../app/model.ts'
import { jsonEncoder, keepingOutlet, type TestFeed, testFeed } from '../../support/daemon-parts.ts'
import { numbered, source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const a = source('ws://a/')
const b = source('ws://b/')

/** Sources that are there from the start. */
function fixed(...present: readonly SourceInfo[]): Sources {
  const receive = (): never => failing()
  return {
    present,
    async *arrivals() {
      for (const info of present) yield { info, receive }
    },
  }
}

/** Two sources; each sends two messages and then nothing until it is stopped. */
async function parts(over: Partial<FeedParts> = {}): Promise<FeedParts & TestFeed & { readonly ended: SourceInfo[] }> {
  const ended: SourceInfo[] = []
  async function* dial({ info: from }: Source, signal: AbortSignal): AsyncGenerator<readonly Message[]> {
    yield numbered(2, from)
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    // What was on the wire when the stop came still counts.
    yield numbered(1, from, 2)
    ended.push(from)
  }
  const use = { setting: 'FEED_F_SCHEMA', holds: 'records', keyCure: undefined } as const
  return { ...(await testFeed()), restored: createLedger(), sources: fixed(a, b), use, dial, ended, ...over }
}

const settle = (feed: TestFeed): void => {
  for (const { settlement } of feed.added.splice(0)) settlement.produced(1)
}

/** Sources that a test lets come and go. */
function changing(): Sources & { come(info: SourceInfo): AbortController; readonly listeners: number } {
  const waiting: Source[] = []
  const changed = new Notifier()
  let listeners = 0
  return {
    present: [],
    get listeners() {
      return listeners
    },
    come(info) {
      const gone = new AbortController()
      waiting.push({ info, gone: gone.signal, receive: () => failing() })
      changed.notify()
      return gone
    },
    async *arrivals(signal) {
      listeners++
      while (!signal.aborted) {
        const next = waiting.shift()
        if (next) yield next
        else await changed.wait(signal)
      }
      listeners--
    },
  }
}

describe('a feed whose sources come and go', () => {
  const kinds = (feed: TestFeed): string[] =>
    feed.events.flatMap((event) =>
      event.type === 'source.joined' || event.type === 'source.left' ? [`${event.type} ${event.source.shown}`] : [],
    )

  it('takes in each as it comes, and says when it is gone, after all that came of it', async () => {
    const sources = changing()
    const feed = await parts({ sources, parse: () => ({}) })
    const running = runFeed(feed)
    const gone = sources.come(a)
    await until(() => feed.added.length === 2, { what: 'messages of the first' })
    sources.come(b)
    await until(() => feed.added.length === 4, { what: 'messages of the second' })
    gone.abort()
    await until(() => feed.added.length === 5, { what: 'the last message of the first' })
    await until(() => kinds(feed).length === 3, { what: 'the end of the first' })
    expect(kinds(feed)).toEqual(['source.joined ws://a/', 'source.joined ws://b/', 'source.left ws://a/'])
    settle(feed)
    const drain = running.drain(AbortSignal.timeout(20_000))
    await until(() => feed.added.length === 1, { what: 'the last message of the second' })
    settle(feed)
    await drain
    running.halt()
    await running.ended
    // What is closed because the feed stops has not left.
    expect(kinds(feed)).toHaveLength(3)
    expect(sources.listeners).toBe(0)
  })

  it('says that one is gone, too, whose last connection is still being closed when the feed stops', async () => {
    const sources = changing()
    const closing = Promise.withResolvers<void>()
    async function* dial({ info: from }: Source): AsyncGenerator<readonly Message[]> {
      yield numbered(1, from)
      await closing.promise
    }
    const feed = await parts({ sources, dial, parse: () => ({}) })
    const running = runFeed(feed)
    const gone = sources.come(a)
    await until(() => feed.added.length === 1, { what: 'a message' })
    settle(feed)
    gone.abort()
    const drain = running.drain(AbortSignal.timeout(20_000))
    closing.resolve()
    await drain
    running.halt()
    await running.ended
    expect(kinds(feed)).toEqual(['source.joined ws://a/', 'source.left ws://a/'])
  })

  it('keeps one that is refused until it is gone', async () => {
    const sources = changing()
    async function* dial(): AsyncGenerator<readonly Message[]> {}
    const feed = await parts({ sources, dial })
    const running = runFeed(feed)
    const gone = sources.come(a)
    await until(() => kinds(feed).length === 1, { what: 'the source' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(kinds(feed)).toEqual(['source.joined ws://a/'])
    gone.abort()
    await until(() => kinds(feed).length === 2, { what: 'its end' })
    await running.drain(AbortSignal.abort())
    running.halt()
    await running.ended
  })
})

describe('a feed that takes the place of another', () => {
  it('reads on where that ended, and dials when its sockets are closed', async () => {
    const feed = await parts({ parse: () => ({}) })
    const first = runFeed(feed)
    await until(() => feed.added.length === 4, { what: 'records of both' })
    const stop = new AbortController()
    const handed = first.drain(stop.signal)
    await until(() => feed.added.length === 6, { what: 'the last records' })
    await feed.lane.append(numbered(1, a, 9))
    feed.ledger.received++
    stop.abort()
    await handed
    first.halt()
    const next = runFeed(feed, first)
    await until(() => feed.ended.length === 2 && feed.added.length === 11, { what: 'records of the next' })
    settle(feed)
    await first.ended
    const drain = next.drain(AbortSignal.timeout(20_000))
    await until(() => feed.added.length === 2, { what: 'its last records' })
    settle(feed)
    await drain
    next.halt()
    await next.ended
    expect(ledgerReport(feed.ledger, feed.lane.held.messages).messages).toEqual({
      received: 13,
      settled: 13,
      dropped: 0,
      held: 0,
    })
  })

  it('ends without having begun when the other one never lets go', async () => {
    const never = new Promise<void>(() => {})
    const running = runFeed(await parts(), { intakeEnded: never, outputEnded: Promise.resolve() })
    await running.drain(AbortSignal.timeout(50))
    running.halt()
  })
})

describe('a feed that leaves', () => {
  it('closes its sockets and delivers all it holds, however long that takes', async () => {
    const feed = await parts({ parse: () => ({}) })
    const running = runFeed(feed)
    await until(() => feed.added.length === 4, { what: 'records of both' })
    let isOver = false
    const left = running.leave(new AbortController().signal).then(() => {
      isOver = true
    })
    await until(() => feed.added.length === 6, { what: 'the last records' })
    const looks = jest.spyOn(Object.getPrototypeOf(feed.lane) as Pick<typeof feed.lane, 'held'>, 'held', 'get')
    await until(() => looks.mock.calls.length > 1, { what: 'looks at what the lane holds' })
    looks.mockRestore()
    expect([isOver, feed.ended.length]).toEqual([false, 2])
    settle(feed)
    await left
    running.halt()
    await running.ended
    expect(feed.lane.held.messages).toBe(0)
  })
})

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
