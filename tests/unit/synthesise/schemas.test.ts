/** What the synthesiser says fits the schemas of this project once normalised, and its garbage does not. */
import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { type Schema, Type } from 'avsc'
import { DEFAULT_START_AT } from '../../../scripts/synthesise/clock.ts'
import { GARBAGE } from '../../../scripts/synthesise/garbage.ts'
import { type KindName, kinds } from '../../../scripts/synthesise/kinds/index.ts'
import type { Sample } from '../../../scripts/synthesise/kinds/kind.ts'

/** The alias `@context` is no legal Avro name, so aliases are left out. */
function load(name: string): Type {
  const text = readFileSync(new URL(`../../../schemas/${name}.avsc`, import.meta.url), 'utf8')
  return Type.forSchema(JSON.parse(text, (key, value) => (key === 'aliases' ? undefined : value)) as Schema)
}

/** The daemon's normalising, written again here from its contract. */
function normalise({ document, at }: Sample): unknown {
  const { tradeCredential, order_number, ...rest } = document
  if (at !== undefined) {
    const { route_name, waypoint_count, ...declared } = rest
    return { order_id: order_number, ...declared, timestamp: new Date(at).toISOString() }
  }
  if (!('trade_event_id' in document)) return document
  if (tradeCredential === undefined) return { tradeCredential: null, ...rest }
  const { '@context': context, ...credential } = tradeCredential as Record<string, unknown>
  return { tradeData: null, ...rest, tradeCredential: { ...credential, context } }
}

const cases: [KindName, string][] = [
  ['trades', 'TradeEvent'],
  ['credentials', 'TradeEvent'],
  ['readings', 'health_sensor'],
  ['deliveries', 'sessions'],
]

it.each(cases)('%s fit %s with no field undeclared', (name, schema) => {
  const type = load(schema)
  const stream = kinds[name].messages({
    seed: 's',
    connection: 0,
    startAt: DEFAULT_START_AT,
    pool: 0,
    symbols: new Set<string>(),
  })
  for (let count = 0; count < 200; count++) {
    const document = normalise(stream.next().value)
    const problems: string[] = []
    type.isValid(document, { noUndeclaredFields: true, errorHook: (path) => problems.push(path.join('.')) })
    expect(problems).toEqual([])
  }
})

/** The values that a piece of garbage holds: none when it is no JSON or, strictly read, no UTF-8. */
function valuesIn(piece: string | Buffer): unknown[] {
  try {
    return [JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(piece)))].flat()
  } catch {
    return []
  }
}

it.each(['TradeEvent', 'health_sensor', 'sessions'])('no garbage fits %s', (schema) => {
  const type = load(schema)
  const values = GARBAGE.flatMap(valuesIn)
  expect(values.length).toBeGreaterThan(10)
  for (const value of values) expect(() => type.toBuffer(value)).toThrow()
})

it('holds garbage that is no JSON, that is no UTF-8, and that is nested deeply', () => {
  expect(GARBAGE.filter((piece) => valuesIn(piece).length === 0).length).toBeGreaterThanOrEqual(4)
  expect(GARBAGE.some((piece) => Buffer.isBuffer(piece) && valuesIn(piece).length === 0)).toBe(true)
  expect(GARBAGE.some((piece) => String(piece).startsWith('['.repeat(10_000)))).toBe(true)
  expect(GARBAGE.some((piece) => String(piece).startsWith('{"__proto__":{"symbol"'))).toBe(true)
})
