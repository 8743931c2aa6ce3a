/** The right loop: documents that become dead letters or grow too old, and what the ledger says of them. */
import { describe, expect, it } from '@jest/globals'
import { balances, ledgerReport } from '../../../app/ledger.ts'
import { matcher } from '../../../app/lib/subset.ts'
import type { DeadLetter, DeadLetters, Settlement } from '../../../app/model.ts'
import { deliver, type Feed } from '../../../app/pipeline.ts'
import { type TestFeed, testFeed } from '../../support/daemon-parts.ts'
import { message } from '../../support/messages.ts'

const TOO_LARGE = { index: 0, reason: 'too_large', detail: 'too large' } as const
const RECEIVED_AT = 1_700_000_000_000

/** Dead letters that wait for the test to settle them. */
function waiting() {
  const letters: { letter: DeadLetter; settlement: Settlement }[] = []
  const deadLetters: DeadLetters = {
    topic: 'dead',
    prepare: async () => {},
    take: (letter, settlement) => letters.push({ letter, settlement }) > 0,
  }
  return { letters, deadLetters }
}

async function delivered(texts: readonly string[], over: Partial<Feed>): Promise<TestFeed> {
  const feed = await testFeed(over)
  const stop = new AbortController()
  await feed.lane.append(texts.map((text) => message(text)))
  feed.ledger.received += texts.length
  const loop = deliver(feed, stop.signal)
  await Promise.race([loop, new Promise((resolve) => setImmediate(resolve))])
  stop.abort()
  await loop
  return feed
}

const report = ({ ledger, lane }: TestFeed) => ledgerReport(ledger, lane.held.messages)

describe('dead letters', () => {
  it('hold the batch until they are settled, and are in flight meanwhile', async () => {
    const { letters, deadLetters } = waiting()
    const feed = await delivered(['x', '[{"refuse":"bad_value"},{"n":1},5]'], { deadLetters })
    expect(letters.map(({ letter }) => [letter.message.data.toString(), letter.numbers, letter.refused])).toEqual([
      ['x', undefined, [{ reason: 'not_json', documents: 1, numbers: undefined, error: expect.any(String) }]],
      [
        '[{"refuse":"bad_value"},{"n":1},5]',
        '0,2',
        [
          { reason: 'bad_value', documents: 1, numbers: '0', error: 'as it wished' },
          { reason: 'not_an_object', documents: 1, numbers: '2', error: expect.any(String) },
        ],
      ],
    ])
    feed.added[0]?.settlement.produced(1)
    expect(report(feed)).toMatchObject({
      messages: { held: 2 },
      documents: { found: 4, produced: 1, in_flight: 3 },
    })
    letters[0]?.settlement.produced(1)
    letters[1]?.settlement.refused(TOO_LARGE, 'dead', { key: null, value: Buffer.alloc(0), timestamp: 0 })
    expect(report(feed)).toMatchObject({
      messages: { held: 0, settled: 2 },
      documents: { found: 4, produced: 1, dead_lettered: 1, refused: 2, in_flight: 0 },
      dead_lettered: { not_json: 1 },
      refused: { bad_value: 1, not_an_object: 1 },
    })
    expect(balances(report(feed))).toBe(true)
  })

  it('take a record that Kafka refuses, with the message it came from', async () => {
    const { letters, deadLetters } = waiting()
    const feed = await delivered(['[{},{"tooLarge":1}]'], { deadLetters })
    expect(letters).toHaveLength(0)
    feed.added[0]?.settlement.produced(1)
    expect(letters).toHaveLength(1)
    expect(letters[0]?.letter).toMatchObject({ numbers: '1', refused: [{ reason: 'too_large', documents: 1 }] })
    expect(feed.events.filter(({ type }) => type === 'document.refused')).toEqual([])
    letters[0]?.settlement.produced(1)
    expect(report(feed).documents).toMatchObject({ found: 2, produced: 1, dead_lettered: 1, in_flight: 0 })
    expect(feed.events).toContainEqual(expect.objectContaining({ type: 'document.refused', deadLetter: 'dead' }))
  })
})

describe('control', () => {
  it('is counted as ignored, whether it is JSON or not, alone or in an array, and never refused', async () => {
    const { letters, deadLetters } = waiting()
    const seen: unknown[] = []
    const feed = await delivered(['pong', '{"type":"ping","n":1}', '[{"type":"ping"},"pong",{"n":2},5]', 'ping'], {
      deadLetters,
      ignore: matcher([{ type: 'ping' }, 'pong']),
      watch: (document) => void seen.push(document),
    })
    expect(feed.documents()).toEqual([{ n: 2 }])
    expect(letters.map(({ letter }) => letter.refused.map(({ reason }) => reason))).toEqual([
      ['not_an_object'],
      ['not_json'],
    ])
    expect(report(feed)).toMatchObject({
      documents: { found: 7, ignored: 4, in_flight: 3 },
      ignored: { control: 4 },
    })
    // A number that only control messages count with is watched as well.
    expect(seen).toEqual([{ type: 'ping', n: 1 }, { type: 'ping' }, { n: 2 }])
  })
})

describe('age', () => {
  it('counts what is too old as expired, also what would have been refused', async () => {
    const { letters, deadLetters } = waiting()
    const feed = await delivered(['{"n":1}', 'x', '{"refuse":"bad_value"}'], { deadLetters, maxAgeMs: 1_000 })
    expect([feed.added, letters]).toEqual([[], []])
    expect(report(feed)).toMatchObject({
      messages: { held: 0, settled: 3 },
      documents: { found: 3, expired: 3, in_flight: 0 },
    })
  })

  it("goes by the document's own time where it has one, which is then the record's", async () => {
    const now = Date.now()
    const timeOf: Feed['timeOf'] = ({ at }) => at as number | undefined
    const feed = await delivered([`{"at":${now}}`, '{}', `{"at":${now - 120_000}}`], { timeOf, maxAgeMs: 60_000 })
    expect(feed.added.map(({ record }) => [record.timestamp, record.expiresAt])).toEqual([[now, now + 60_000]])
    expect(report(feed).documents).toMatchObject({ found: 3, expired: 2, in_flight: 1 })
  })

  it('is no concern without a limit', async () => {
    const feed = await delivered(['{}'], {})
    expect(feed.added.map(({ record }) => [record.timestamp, record.expiresAt])).toEqual([[RECEIVED_AT, undefined]])
  })
})
