/** What version 0.1.0 took gives equal bytes; without conversions nothing else is taken. */
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import { DEFAULT_FIT } from '../../../app/fit/options.ts'
import { MISMATCH, type Plan } from '../../../app/fit/plan.ts'
import { parsed } from '../../fixtures/encoding.ts'
import { randomSchema } from '../../support/model/schemas.ts'
import { oracleBytes, oracleType } from '../../support/oracle/schema.ts'
import { seeded } from '../../support/random.ts'

const SCHEMAS = Number(process.env.GOLDEN_SCHEMAS ?? 400)
const DOCUMENTS = 40

function bytes(plan: Plan, document: unknown): Buffer | undefined {
  const buffer = Buffer.alloc(65_536)
  try {
    return buffer.subarray(0, plan.encode(document, buffer, 0))
  } catch (error) {
    if (error === MISMATCH) return undefined
    throw error
  }
}

function compare(seed: number) {
  const random = seeded(seed)
  const { schema, text } = randomSchema(random)
  const oracle = oracleType(schema)
  const safe = compileSchema('g-value', [schema])
  const none = compileSchema('g-value', [schema], { ...DEFAULT_FIT, coerce: 'none' })
  return Array.from({ length: DOCUMENTS }, () => {
    const json = text(random)
    const document = parsed(json)
    const hex = (made: Buffer | undefined): string | undefined => made?.toString('hex')
    const fault = safe.fault(document)
    return {
      seed,
      schema,
      json,
      was: hex(oracleBytes(oracle, document)),
      safe: hex(bytes(safe, document)),
      none: hex(bytes(none, document)),
      explained: fault !== undefined,
    }
  })
}

describe('a document of any schema', () => {
  const all = Array.from({ length: SCHEMAS }, (_, at) => compare(at + 1)).flat()

  it('that was taken gives equal bytes', () => {
    const taken = all.filter(({ was }) => was !== undefined)
    expect(taken.length).toBeGreaterThan(all.length / 5)
    expect(taken.filter(({ was, safe }) => was !== safe).slice(0, 3)).toEqual([])
  })

  it('gives without conversions what it gave', () => {
    expect(all.filter(({ was, none }) => was !== none).slice(0, 3)).toEqual([])
  })

  it('fits by conversions more often', () => {
    expect(all.filter(({ was, safe }) => was === undefined && safe !== undefined).length).toBeGreaterThan(100)
  })

  it('is refused just where a fault is found', () => {
    expect(all.filter(({ safe, explained }) => (safe === undefined) !== explained).slice(0, 3)).toEqual([])
  })
})
