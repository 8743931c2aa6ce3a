/** Messages that hold several documents: bounds, numbers, turns of the event loop. */
import { describe, expect, it } from '@jest/globals'
import { ledgerReport } from '../../../app/ledger.ts'
import type { DeadLetter, Normaliser } from '../../../app/model.ts'
import { deliver, type Feed } from '../../../app/pipeline.ts'
import { jsonEncoder, type TestFeed, testFeed } from '../../support/daemon-parts.ts'
import { message } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const split: Normaliser = (document) => (document.parts as (typeof document)[] | undefined) ?? document

/** A feed that has dealt with `texts`, and the dead letters it wrote. */
async function delivered(texts: readonly string[], over: Partial<Feed> = {}) {
  const letters: DeadLetter[] = []
  const take = (letter: DeadLetter): boolean => letters.push(letter) > 0
  const feed = await testFeed({ deadLetters: { topic: 'dead', prepare: async () => {}, take }, ...over }, 64 * 2 ** 20)
  const stop = new AbortController()
  await feed.lane.append(texts.map((text) => message(text)))
  const loop = deliver(feed, stop.signal)
  await until(() => settledOrWaiting(feed, letters), { what: 'the message to be dealt with' })
  stop.abort()
  await loop
  return { feed, letters, report: () => ledgerReport(feed.ledger, feed.lane.held.messages) }
}

const settledOrWaiting = ({ ledger, added }: TestFeed, letters: readonly DeadLetter[]): boolean =>
  ledger.settled > 0 || letters.length > 0 || added.length > 0

describe('a message with too many documents', () => {
  it.each([
    ['an array', '[{},{},{},{}]', []],
    ['nested arrays of a normaliser', '[{"parts":[{},{}]},{"parts":[{},{}]}]', [split]],
    ['one document that becomes many', '{"parts":[{},{},{},{}]}', [split]],
    ['many that are ignored', '[{},{},{},{}]', [() => undefined]],
  ])('is one document, refused whole: %s', async (_what, text, normalise) => {
    const { feed, letters, report } = await delivered([text], { maxDocuments: 3, normalise })
    expect(letters).toMatchObject([{ numbers: undefined, refused: [{ reason: 'too_many_documents', documents: 1 }] }])
    expect([feed.added, report().documents.found]).toEqual([[], 1])
  })

  it('is taken at the bound', async () => {
    const { feed, letters } = await delivered(['[{"parts":[{},{}]},{}]'], { maxDocuments: 3, normalise: [split] })
    expect([feed.added.length, letters.length]).toEqual([3, 0])
  })
})

describe('the dead letter of a message', () => {
  it('is one for all documents that could not become records', async () => {
    const elements = Array.from({ length: 5_000 }, (_, n) =>
      n % 2 === 0 ? '{}' : n % 3 === 0 ? '0' : '{"refuse":"no_key"}',
    )
    const { letters, report } = await delivered([`[${elements.join()}]`])
    expect(letters).toHaveLength(1)
    expect(letters[0]?.refused.map(({ reason, documents }) => [reason, documents])).toEqual([
      ['no_key', 1_667],
      ['not_an_object', 833],
    ])
    expect(letters[0]?.numbers?.split(',')).toHaveLength(2_500)
    expect(report().documents).toMatchObject({ found: 5_000, in_flight: 5_000 })
  })

  it('numbers documents after the last step that makes several of one', async () => {
    const text = '[{"parts":[{"n":0},{"refuse":"no_key"}]},7,{"refuse":"no_key"},{"n":4}]'
    const { letters } = await delivered([text], { normalise: [split] })
    expect(letters[0]?.refused.map(({ reason, numbers }) => [reason, numbers])).toEqual([
      ['no_key', '1,3'],
      ['not_an_object', '2'],
    ])
  })
})

it('lets the event loop turn within one message', async () => {
  const encoder = jsonEncoder({
    encode() {
      const endAt = performance.now() + 0.2
      while (performance.now() < endAt);
      return Buffer.alloc(1)
    },
  })
  const feed = await testFeed({ encoder }, 64 * 2 ** 20)
  await feed.lane.append([message(`[${Array.from({ length: 5_000 }, () => '{}').join()}]`)])
  const stop = new AbortController()
  const loop = deliver(feed, stop.signal)
  const seen = new Set<number>()
  await until(() => seen.add(feed.added.length) && feed.added.length === 5_000, { what: 'the whole message' })
  stop.abort()
  await loop
  expect(seen.size).toBeGreaterThan(10)
})
