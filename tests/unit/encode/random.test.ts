/** Random schemas and documents: what is written is read back, by avsc and by a reader of our own, as it was. */
import { describe, expect, it } from '@jest/globals'
import avsc from 'avsc'
import { decode } from '../../fixtures/avro-bytes.ts'
import { encode } from '../../fixtures/encoding.ts'

type Random = (below: number) => number
type Made = { readonly schema: unknown; readonly value: (random: Random) => unknown }

function seeded(seed: number): Random {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const ALPHABETS = ['abcXYZ 09', 'éüß', '東京', '😀🚀', '"\\\n\0']
function text(random: Random): string {
  const letters = [...(ALPHABETS[random(ALPHABETS.length)] ?? 'a')]
  return Array.from(
    { length: random(10) === 0 ? random(300) : random(20) },
    () => letters[random(letters.length)],
  ).join('')
}

const PRIMITIVES: readonly Made[] = [
  { schema: 'string', value: text },
  { schema: 'boolean', value: (random) => random(2) === 1 },
  { schema: 'int', value: (random) => random(2 ** 32) - 2 ** 31 },
  { schema: 'long', value: (random) => Math.round((random(2 ** 32) - 2 ** 31) * 2 ** random(21)) },
  { schema: 'double', value: (random) => (random(2 ** 32) - 2 ** 31) / 2 ** random(60) },
  { schema: 'float', value: (random) => Math.fround((random(2 ** 24) - 2 ** 23) / 2 ** random(20)) },
]

function made(random: Random, depth: number, named: { count: number }): Made {
  const kind = depth === 0 ? 0 : random(6)
  if (kind < 2) return PRIMITIVES[random(PRIMITIVES.length)] as Made
  if (kind === 2) return madeRecord(random, depth, named)
  if (kind === 3) {
    const symbols = ['A', 'B', 'C']
    return { schema: { type: 'enum', name: `E${named.count++}`, symbols }, value: (r) => symbols[r(3)] }
  }
  const inner = made(random, depth - 1, named)
  if (kind === 4) {
    const value = (r: Random): unknown => Array.from({ length: r(4) }, () => inner.value(r))
    return { schema: { type: 'array', items: inner.schema }, value }
  }
  if (Array.isArray(inner.schema)) return inner
  return { schema: ['null', inner.schema], value: (r) => (r(3) === 0 ? null : inner.value(r)) }
}

function madeRecord(random: Random, depth: number, named: { count: number }): Made {
  const name = `R${named.count++}`
  const fields = Array.from({ length: 1 + random(5) }, (_, i) => ({
    name: `f${i}`,
    made: made(random, depth - 1, named),
  }))
  const value = (r: Random): unknown => Object.fromEntries(fields.map((each) => [each.name, each.made.value(r)]))
  return {
    schema: { type: 'record', name, fields: fields.map((each) => ({ name: each.name, type: each.made.schema })) },
    value,
  }
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? Number(each) : each)))

describe('any document of any schema', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => [seed + 1]))('is read back as it was (seed %d)', (seed) => {
    const random = seeded(seed * 7919)
    const { schema, value } = madeRecord(random, 4, { count: 0 })
    const reader = avsc.Type.forSchema(schema as avsc.Schema)
    for (let i = 0; i < 20; i++) {
      const document = plain(value(random))
      const bytes = encode(schema, document)
      expect(plain(decode(schema, bytes))).toEqual(document)
      expect(plain(reader.fromBuffer(bytes))).toEqual(document)
    }
  })
})
