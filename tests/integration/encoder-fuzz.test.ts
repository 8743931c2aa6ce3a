/** Random schemas and documents with hostile numbers: what is written is what a model written apart expects, or both refuse. */
import { describe, expect, it } from '@jest/globals'
import { explainMismatch } from '../../app/encode/explain-mismatch.ts'
import { RecordMemory } from '../../app/encode/record-memory.ts'
import { compileSchema } from '../../app/encode/schema.ts'
import { DEFAULT_FIT } from '../../app/fit/options.ts'
import { parsed } from '../fixtures/encoding.ts'
import { type Attempt, judge } from '../support/model/judge.ts'
import { type Made, randomSchema } from '../support/model/schemas.ts'
import { type Random, seeded } from '../support/random.ts'

const { FUZZ_SEED = String(Date.now() % 1_000_000), FUZZ_SCHEMAS = '200', FUZZ_DOCUMENTS = '50' } = process.env

const slabs = new RecordMemory()

function attempts({ schema, text }: Made, random: Random): Attempt[] {
  const type = compileSchema('fuzz-value', [schema], { ...DEFAULT_FIT, coerce: 'none' })
  const write = (json: string): Buffer | undefined => {
    const document = parsed(json)
    try {
      return slabs.write(1, type, document).subarray(5)
    } catch (cause) {
      // Whoever is told must find a reason, whatever the document is.
      expect(['encode', '']).not.toContain(explainMismatch(type, document, cause).reason)
      return undefined
    }
  }
  return Array.from({ length: Number(FUZZ_DOCUMENTS) }, () => text(random)).map((json) => ({
    json,
    written: write(json),
  }))
}

describe('the encoder', () => {
  it(`agrees with a model of its own (FUZZ_SEED=${FUZZ_SEED})`, async () => {
    const random = seeded(Number(FUZZ_SEED))
    const all = Array.from({ length: Number(FUZZ_SCHEMAS) }, () => randomSchema(random)).map((made) => ({
      schema: made.schema,
      attempts: attempts(made, random),
    }))
    const answers = await judge(all)
    const cases = all.flatMap((one) => one.attempts.map(({ json }) => ({ schema: one.schema, json })))
    expect(answers).toHaveLength(cases.length)
    const wrong = answers.flatMap((answer, at) => (answer.startsWith('wrong') ? [{ answer, ...cases[at] }] : []))
    expect(wrong.slice(0, 5)).toEqual([])
    // Neither side can be right by refusing all, or by never meeting what it must refuse.
    const share = (answer: string): number => answers.filter((each) => each === answer).length / answers.length
    expect(share('held')).toBeGreaterThan(0.2)
    expect(share('refused')).toBeGreaterThan(0.2)
  }, 600_000)
})
