/** The right loop: what becomes of each message and document, and when the lane may forget. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../../app/errors.ts'
import { balances, ledgerReport } from '../../../app/ledger.ts'
import type { Normaliser } from '../../../app/model.ts'
import { deliver, type Feed } from '../../../app/pipeline.ts'
import { jsonEncoder, type TestFeed, testFeed } from '../../support/daemon-parts.ts'
import { message, source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

/** A feed whose right loop has dealt with `texts`; its records wait in `added`. */
async function delivered(texts: readonly string[], over: Partial<Feed> = {}): Promise<TestFeed> {
  const feed = await testFeed(over)
  const stop = new AbortController()
  await feed.lane.append(texts.map((text) => message(text)))
  const loop = deliver(feed, stop.signal)
  await Promise.race([loop, new Promise((resolve) => setImmediate(resolve))])
  stop.abort()
  await loop
  return feed
}

const report = ({ ledger, lane }: TestFeed) => ledgerReport(ledger, lane.held.messages)
const settleAll = ({ added }: TestFeed): void => {
  for (const { settlement } of added) settlement.produced(1)
}
const BY_BROKER = { index: 0, reason: 'broker_refused', detail: 'no' } as const
const split: Normaliser = (document) => (document.parts as (typeof document)[] | undefined) ?? document
const documents = (counts: object) => ({
  found: 0,
  produced: 0,
  dead_lettered: 0,
  refused: 0,
  ignored: 0,
  expired: 0,
  in_flight: 0,
  ...counts,
})

describe('deliver', () => {
  it('turns a document into one record: destination, key, receive time, no headers', async () => {
    const feed = await delivered(['{"a":1}'])
    expect(feed.added).toHaveLength(1)
    expect(feed.added[0]).toMatchObject({
      destination: { topic: 'topic', subject: 'topic-value' },
      record: { key: Buffer.from('k'), value: Buffer.from('{"a":1}'), timestamp: 1_700_000_000_000 },
    })
    expect(feed.added[0]?.record.headers).toBeUndefined()
  })

  it('puts the headers on that it is told to', async () => {
    const feed = await delivered(['{}'], { headers: ({ source: { id } }) => [['source', Buffer.from(id)]] })
    expect(feed.added[0]?.record.headers).toEqual([['source', Buffer.from(source().id)]])
  })

  it('holds a batch until its last record is settled, in whatever order they are', async () => {
    const feed = await delivered(['{"n":1}', '[{"n":2},{"n":3}]', 'x'])
    expect(report(feed)).toMatchObject({
      messages: { received: 0, settled: 0, held: 3 },
      documents: documents({ found: 4, in_flight: 3, refused: 1 }),
    })
    feed.added[2]?.settlement.produced(1)
    feed.added[0]?.settlement.produced(1)
    expect(report(feed).documents).toEqual(documents({ found: 4, in_flight: 1, produced: 2, refused: 1 }))
    expect(feed.lane.held.messages).toBe(3)
    feed.added[1]?.settlement.refused(BY_BROKER, 'topic', (feed.added[1] as (typeof feed.added)[0]).record)
    expect(report(feed).documents).toEqual(documents({ found: 4, produced: 2, refused: 2 }))
    expect([feed.lane.held.messages, feed.lane.held.bytes, feed.ledger.settled]).toEqual([0, 0, 3])
    expect(feed.events.at(-1)).toEqual({
      type: 'batch.settled',
      feed: 'f',
      messages: 3,
      receivedAt: [1_700_000_000_000, 3],
    })
  })

  it('holds the memory of its records from before the first is encoded until the last is settled', async () => {
    const steps: string[] = []
    const { encode } = jsonEncoder()
    const encoder = jsonEncoder({
      hold: () => {
        steps.push('hold')
        return () => steps.push('given back')
      },
      encode(subject, document) {
        steps.push('encode')
        return encode(subject, document)
      },
    })
    const feed = await delivered(['{"n":1}', '{"n":2}'], { encoder })
    feed.added[1]?.settlement.produced(1)
    expect(steps).toEqual(['hold', 'encode', 'encode'])
    feed.added[0]?.settlement.produced(1)
    expect(steps).toEqual(['hold', 'encode', 'encode', 'given back'])
  })

  it('settles a batch at once that holds no record', async () => {
    const feed = await delivered(['[]', 'null', ''])
    expect(report(feed)).toMatchObject({
      messages: { settled: 3, held: 0 },
      documents: documents({ found: 2, refused: 2 }),
    })
    expect(report(feed).refused).toEqual({ not_an_object: 1, not_json: 1 })
  })

  it('counts each element of an array that is no document', async () => {
    const feed = await delivered(['[{"n":1},1,null,"x",[{}],{"n":2}]'])
    expect(feed.documents()).toEqual([{ n: 1 }, { n: 2 }])
    expect(report(feed)).toMatchObject({
      documents: { found: 6, in_flight: 2, refused: 4 },
      refused: { not_an_object: 4 },
    })
  })

  it('applies the normalisers in order, and counts what they answer', async () => {
    const feed = await delivered(
      [
        '{"n":1}',
        '{"parts":[{"n":2},{"n":3,"refuse":"bad_value"},{"n":4}]}',
        '{"parts":[]}',
        '{"n":5,"drop":true}',
        '{"n":6,"reject":true}',
        '{"parts":[{"n":7,"drop":true},{"n":8}]}',
      ],
      {
        normalise: [
          split,
          (document) => {
            if (document.reject) throw new Rejected('no_key', 'no')
            return document.drop ? undefined : { ...document, seen: true }
          },
        ],
      },
    )
    expect(feed.documents().map(({ n, seen }) => [n, seen])).toEqual([1, 2, 4, 8].map((n) => [n, true]))
    settleAll(feed)
    expect(report(feed)).toMatchObject({
      messages: { settled: 6, held: 0 },
      documents: documents({ found: 9, produced: 4, refused: 2, ignored: 3 }),
      refused: { bad_value: 1, no_key: 1 },
    })
  })

  it('counts a record that the outlet refuses at once', async () => {
    const feed = await delivered(['{"tooLarge":1}', '{"n":1}'])
    settleAll(feed)
    expect(report(feed)).toMatchObject({
      documents: documents({ found: 2, produced: 1, refused: 1 }),
      refused: { too_large: 1 },
    })
    expect(feed.lane.held.messages).toBe(0)
  })

  it('says which source a refused document came from, and not what was in it', async () => {
    const feed = await delivered(['{"refuse":"bad_value","secret":"canary"}', 'canary'])
    const refused = feed.events.filter(({ type }) => type === 'document.refused')
    expect(refused).toEqual([
      {
        type: 'document.refused',
        feed: 'f',
        sourceId: source().id,
        reason: 'bad_value',
        documents: 1,
        detail: 'as it wished',
        deadLetter: undefined,
      },
      {
        type: 'document.refused',
        feed: 'f',
        sourceId: source().id,
        reason: 'not_json',
        documents: 1,
        detail: expect.any(String),
        deadLetter: undefined,
      },
    ])
    expect(JSON.stringify(feed.events)).not.toContain('canary')
  })

  it.each([
    ['parser', { parse: bug }],
    ['normaliser', { normalise: [bug] }],
    ['encoder', { encoder: jsonEncoder({ encode: bug }) }],
  ] as const)('ends with the error of a bug in the %s', async (_what, over) => {
    await expect(delivered(['{}'], over)).rejects.toThrow('a bug')
  })

  it('balances after every kind of outcome together', async () => {
    const feed = await delivered(['{}', '[{},{"refuse":"bad_number"},3]', '{"tooLarge":1}', '{"parts":[]}', '', '[]'], {
      normalise: [split],
    })
    feed.ledger.received = 6
    expect(balances(report(feed))).toBe(true)
    settleAll(feed)
    expect(balances(report(feed))).toBe(true)
    feed.ledger.produced++
    expect(balances(report(feed))).toBe(false)
  })

  it('lets the event loop turn while it works through a batch', async () => {
    const busy = jsonEncoder({
      encode() {
        const endAt = performance.now() + 0.5
        while (performance.now() < endAt);
        return Buffer.alloc(1)
      },
    })
    const feed = await testFeed({ encoder: busy })
    await feed.lane.append(Array.from({ length: 1_000 }, () => message('{}')))
    const stop = new AbortController()
    const loop = deliver(feed, stop.signal)
    const seen: number[] = []
    await until(
      () => {
        seen.push(feed.added.length)
        return feed.added.length === 1_000
      },
      { what: 'the whole batch' },
    )
    stop.abort()
    await loop
    // Half a second of work: somebody who looks whenever the loop turns sees it grow.
    expect(new Set(seen).size).toBeGreaterThan(4)
  })
})

function bug(): never {
  throw new TypeError('a bug')
}
