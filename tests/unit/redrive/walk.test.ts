import { beforeEach, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import { feedSteps } from '../../../app/feed-steps.ts'
import { Clock } from '../../../app/lib/clock.ts'
import type { Encoder } from '../../../app/model.ts'
import type { StoredRecord } from '../../../app/produce/topic-reader.ts'
import { Flight } from '../../../app/redrive/flight.ts'
import { redriveOptions } from '../../../app/redrive/options.ts'
import { reportLines } from '../../../app/redrive/report.ts'
import { Walk } from '../../../app/redrive/walk.ts'
import { Way } from '../../../app/redrive/way.ts'
import { type Added, jsonEncoder, keepingOutlet } from '../../support/daemon-parts.ts'
import type { LetterText } from '../../support/dead-letters.ts'
import { readConfigOf } from '../../support/redrive-config.ts'
import { stored } from '../../support/stored-records.ts'

let added: Added[]
let walk: Walk
let flight: Flight
beforeEach(() => {
  added = []
  walk = new Walk()
  flight = new Flight(0, () => {})
})

async function* records(letters: readonly LetterText[]): AsyncGenerator<StoredRecord> {
  for (const [at, letter] of letters.entries()) yield stored({ receivedAt: at + 1, ...letter })
}

async function go(
  letters: readonly LetterText[],
  args: readonly string[] = [],
  encoder: Encoder = jsonEncoder(),
): Promise<string[]> {
  const options = redriveOptions(['--go', ...args], 0)
  const outlet = keepingOutlet(added)
  const way = new Way({
    config: readConfigOf('quotes'),
    clock: new Clock(),
    encoders: { of: async () => encoder },
    outletOf: () => outlet,
    flight,
    unavailable: () => {},
  })
  await walk.go(records(letters), { options, way, signal: flight.ended })
  return added.map(({ record }) => String(record.value))
}

const [configured] = readConfigOf('quotes').feeds
if (!configured) throw new Error('no feed')
const shapeNow = (await feedSteps(configured, readConfigOf('quotes'), new Clock())).shape
const row = (reason: string) => walk.tally.rows.find((one) => one.reason === reason)

describe('a walk over dead letters', () => {
  it('hands over what can be sent in order, whatever the reasons', async () => {
    const letters = ['a', 'b', 'a', 'a', 'b'].map((reason, n) => ({ message: `{"n":${n}}`, reason }))
    expect(await go(letters)).toEqual([0, 1, 2, 3, 4].map((n) => `{"n":${n}}`))
    expect([row('a')?.found, row('b')?.found]).toEqual([3, 2])
  })

  it('counts as sent only what is settled', async () => {
    await go([{ message: '{"n":1}' }, { message: '{"n":2}' }])
    expect([walk.tally.sent, walk.tally.unsent]).toEqual([0, 2])
    for (const { settlement } of added) settlement.produced(1)
    expect([walk.tally.sent, walk.tally.unsent, walk.tally.notSent]).toEqual([2, 0, 0])
    await flight.landed()
  })

  it('counts what fails again by its new reason, with what was said of it, the refusal of a topic too', async () => {
    await go([{ message: '{"refuse":"no_key"}' }, { message: '{"tooLarge":1}' }, { message: '[1', reason: 'not_json' }])
    expect(Object.fromEntries(row('encode')?.ledger.refused ?? [])).toEqual({ no_key: 1, too_large: 1 })
    expect(row('encode')?.details.get('no_key')).toBe('as it wished')
    expect(Object.fromEntries(row('not_json')?.ledger.refused ?? [])).toEqual({ not_json: 1 })
    expect(walk.tally.notSent).toBe(3)
  })

  it('sends one element of an array, and none where the array has no such element', async () => {
    const message = '[{"n":1},{"n":2}]'
    expect(
      await go([
        { message, document: 1 },
        { message, document: 2 },
        { message: '{"n":3}', document: 0 },
      ]),
    ).toEqual(['{"n":2}'])
    expect(row('encode')?.absent).toBe(2)
  })

  it('sends exactly the documents that were refused for the reason, in their order', async () => {
    const headers = {
      'tributary-document': '0-1,3',
      'tributary-documents': '{"encode":"0,3","no_key":"1"}',
      'tributary-shape': shapeNow,
    }
    const letters = [{ message: '[{"n":0},{"n":1},{"n":2},{"n":3}]', headers }]
    expect(await go(letters, ['--reason', 'encode'])).toEqual(['{"n":0}', '{"n":3}'])
    expect([row('encode')?.found, row('no_key')?.found]).toEqual([2, undefined])
  })

  it('does not send documents that have their numbers from other steps, unless the whole message is wanted', async () => {
    const headers = {
      'tributary-document': '1',
      'tributary-documents': '{"encode":"1"}',
      'tributary-shape': 'other',
    }
    const letters = [{ message: '[{"n":0},{"n":1}]', headers }]
    expect(await go(letters)).toEqual([])
    expect([row('encode')?.reshaped, walk.tally.notSent]).toEqual([1, 1])
    expect(await go(letters, ['--whole'])).toEqual(['{"n":0}', '{"n":1}'])
  })

  it('sends with the time of then and the source of then', async () => {
    await go([{ message: '{}', receivedAt: 1_700_000_000_123, source: 'ws://127.0.0.1:9/q' }])
    expect(added[0]?.record.timestamp).toBe(1_700_000_000_123)
  })

  it('counts what has a flaw and what is of a feed that is not configured, and sends neither', async () => {
    expect(
      await go([
        { message: '{}', value: null },
        { message: '{}', feed: 'gone' },
      ]),
    ).toEqual([])
    expect(walk.tally.rows.map(({ flaws, unconfigured }) => [flaws.get('truncated') ?? 0, unconfigured])).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  it('counts as not sent what is of a feed whose schema cannot be had', async () => {
    const prepare = async () => {
      throw new Unavailable('no_subject', 'no such subject')
    }
    expect(await go([{ message: '{}' }, { message: '{}' }], [], jsonEncoder({ prepare }))).toEqual([])
    expect(walk.tally.unsent).toBe(2)
  })

  it.each([
    [['--feed', 'quotes'], 'abd'],
    [['--feed', 'other'], 'c'],
    [['--reason', 'no_key,encode'], 'acd'],
    [['--reason', 'no_key', '--feed', 'other'], 'c'],
    [['--since', '1970-01-01T00:00:00.002Z'], 'bcd'],
    [['--until', '1970-01-01T00:00:00.002Z'], 'ab'],
    [['--since', '1970-01-01T00:00:00.002Z', '--until', '1970-01-01T00:00:00.003Z', '--feed', 'quotes'], 'b'],
  ])('with %j takes %s', async (args, taken) => {
    const letters = [
      { message: '{"n":"a"}' },
      { message: '{"n":"b"}', reason: 'bad_value' },
      { message: '{"n":"c"}', reason: 'no_key', feed: 'other' },
      { message: '{"n":"d"}' },
    ]
    const sent = await go(letters, args)
    const isOther = walk.tally.rows.some(({ feed }) => feed === 'other')
    expect(sent.map((text) => JSON.parse(text).n).join('')).toBe(taken.replace('c', ''))
    expect([walk.tally.found, isOther]).toEqual([taken.length, taken.includes('c')])
  })

  it('stops at the limit and says where the rest begins', async () => {
    await go(
      [{ message: '{}' }, { message: '{}', feed: 'gone' }, { message: '{}' }, { message: '{}' }],
      ['--limit', '2', '--feed', 'quotes'],
    )
    expect([walk.tally.found, walk.left, walk.resume]).toEqual([2, 'limit', 4])
  })

  it('says what there is when nothing was asked for by its name', async () => {
    await go([{ message: '{}' }, { message: '{}' }], ['--reason', 'misspelt'])
    expect(reportLines(walk, 'letters', false)).toEqual([
      'No dead letter in letters is of this --feed and --reason; there are: quotes encode 2.',
      'What came later begins at --since 1970-01-01T00:00:00.003Z',
    ])
  })

  it('begins no later than the first that it did not send, once it has ended', async () => {
    await go([{ message: '{}' }])
    expect(reportLines(walk, 'letters', true).at(-1)).toContain('run it again with the same options')
  })

  it('hands over what it has read by then when Kafka goes away', async () => {
    const options = redriveOptions([], 0)
    const broken = async function* () {
      yield* records([{ message: '{"n":1}' }, { message: '{"n":2}' }])
      throw new Unavailable('timeout', 'Kafka did not answer')
    }
    const parts = {
      config: readConfigOf('quotes'),
      encoders: { of: async () => jsonEncoder() },
      outletOf: () => keepingOutlet(added),
      flight,
    }
    const way = new Way({ clock: new Clock(), ...parts, unavailable: () => {} })
    await expect(walk.go(broken(), { options, way, signal: flight.ended })).rejects.toThrow('did not answer')
    expect([walk.tally.found, added.length]).toEqual([2, 2])
  })

  it('waits while too much is under way, and ends when nothing of it arrives', async () => {
    let stuck = ''
    flight = new Flight(1, (what) => {
      stuck = what
    })
    const many = Array.from({ length: 10_600 }, () => ({ message: '{}' }))
    await go(many)
    await flight.landed()
    expect(stuck).toContain('STARTUP_TIMEOUT')
    expect(walk.left).toBe('stopped')
    expect(added.length).toBeLessThan(10_501)
  })
})

describe('the report', () => {
  it('says of how many messages the records are, where whole messages are wanted', async () => {
    walk = new Walk(true)
    const message = '[{"n":0},{"n":1},{"n":2}]'
    await go([{ message, document: 1 }, { message: '{}' }], ['--whole'])
    for (const { settlement } of added) settlement.produced(1)
    const lines = reportLines(walk, 'letters', false)
    expect(lines).toContain('4 records would be sent of 2 whole messages. Send with --go.')
    expect(lines[1]).toBe('feed    reason  messages  would be sent')
    expect(reportLines(walk, 'letters', true)).toContain('4 records sent of 2 whole messages.')
  })

  it('shows one line per feed and reason, and only columns with a number in them', async () => {
    await go([
      { message: '{}' },
      { message: '{}' },
      { message: '{', reason: 'not_json' },
      { message: '{}', value: null, reason: 'no_key' },
    ])
    for (const { settlement } of added) settlement.produced(1)
    expect(reportLines(walk, 'letters', true)).toEqual([
      'feed    reason    found  sent  failed again  truncated',
      'quotes  encode        2     2             0          0',
      'quotes  not_json      1     0             1          0',
      'quotes  no_key        1     0             0          1',
      '  quotes, not_json: 1 failed again, not_json: 1 characters that are not JSON',
      '2 records sent of 4. What was not stays in letters, and was not written there again.',
      'Running it again would send them again.',
      'What came later begins at --since 1970-01-01T00:00:00.005Z',
    ])
  })
})
