/** What every normaliser of the registry keeps: pure, total, idempotent, and blind to what is not its own. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../app/errors.ts'
import type { Document, Message, Normaliser } from '../../app/model.ts'
import { normalisers } from '../../app/normalise/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { plainTrade, signedTrade } from '../fixtures/trade-event.ts'
import { kindValues } from '../support/kind-values.ts'

const message: Message = {
  source: { feed: 'f', id: 'ws://h/', shown: 'ws://h/', hash: 1 },
  data: Buffer.alloc(0),
  receivedAt: 0,
}
const MARK = 'qzmarkqz'
const VALUES = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '1737290096.789',
  '""',
  `"${MARK}"`,
  '"2025-01-19T12:34:56.789123"',
  '[]',
  `["${MARK}"]`,
  '{}',
  '{"@context":[1],"context":2,"__proto__":{"x":1}}',
]
const NAMES = ['timestamp', 'order_number', 'order_id', 'tradeCredential', '@context', '__proto__', 'constructor', 'x']

const texts = [
  '{}',
  JSON.stringify(plainTrade),
  JSON.stringify(signedTrade),
  ...NAMES.flatMap((name) => VALUES.map((value) => `{"${name}":${value}}`)),
  ...VALUES.map((value) => `{"timestamp":0,"order_number":${value},"tradeCredential":${value}}`),
  `{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
]

function deepFreeze(value: unknown): void {
  const pending = [value]
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    if (typeof each === 'object' && each !== null) pending.push(...Object.values(Object.freeze(each)))
  }
}

/** The documents it gives, or the reason why it refuses. */
function outcome(normalise: Normaliser, document: Document): readonly Document[] | string {
  try {
    const result = normalise(document, message)
    return result === undefined ? [] : Array.isArray(result) ? result : [result as Document]
  } catch (error) {
    expect(error).toBeInstanceOf(Rejected)
    const { reason, message: text, path, cause } = error as Rejected
    expect(`${text} ${path} ${String(cause)}`).not.toContain(MARK)
    return reason
  }
}

describe.each(Object.entries(normalisers))('the normaliser %s', (name, kind) => {
  it('has a line of help', () => expect(kind.help).toMatch(/^\S.*\S$/))

  it.each(texts.map((text) => [text.slice(0, 60), text]))(
    'gives documents for %s, or refuses, and changes nothing in place',
    async (_shown, text) => {
      const normalise = (await loadKind(normalisers, name))(kindValues(kind.settings), { feed: 'f' })
      const document = JSON.parse(text) as Document
      deepFreeze(document)
      const documents = outcome(normalise, document)
      if (typeof documents === 'string') return
      for (const each of documents) {
        expect(Object.getPrototypeOf(each)).toBe(Object.prototype)
        // What is normalised stays as it is.
        expect(outcome(normalise, each)).toEqual([each])
      }
    },
  )

  it('leaves undeclared neighbours alone', async () => {
    const normalise = (await loadKind(normalisers, name))(kindValues(kind.settings), { feed: 'f' })
    const neighbour = { route_name: 'r', waypoint_count: 3, nested: { timestamp: 1, '@context': 2 } }
    const [first] = outcome(normalise, JSON.parse(JSON.stringify({ ...neighbour, timestamp: 1737290096 })))
    expect(first).toMatchObject(neighbour)
  })
})
