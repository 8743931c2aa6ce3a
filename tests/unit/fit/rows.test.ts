/** Each row of docs/fitting.md. */
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import { DEFAULT_FIT } from '../../../app/fit/options.ts'
import { MISMATCH } from '../../../app/fit/plan.ts'
import { decode } from '../../fixtures/avro-bytes.ts'
import { parsed, withField } from '../../fixtures/encoding.ts'
import { type FittingRow, fittingSections } from '../../fixtures/fitting-rows.ts'

/** The value read back, as JSON text with all digits. */
function becomes({ type, json, options }: FittingRow): string {
  const schema = withField(type)
  const plan = compileSchema('row-value', [JSON.stringify(schema)], { ...DEFAULT_FIT, ...options })
  const document = parsed(`{"f":${json}}`)
  const fault = plan.fault(document)
  const buffer = Buffer.alloc(1_024)
  try {
    const end = plan.encode(document, buffer, 0)
    expect(fault).toBeUndefined()
    return textOf((decode(schema, buffer.subarray(0, end)) as { f: unknown }).f)
  } catch (error) {
    if (error !== MISMATCH) throw error
    expect(fault?.path[0]).toBe('f')
    return 'refused'
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('hex'))
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}:${textOf(each)}`)
    .join()}}`
}

describe.each(fittingSections.map(({ title, rows }) => [title, rows] as const))('%s', (_title, rows) => {
  it.each(rows.map((row) => [JSON.stringify(row.type), row.json, row] as const))('%s for %s', (_type, _json, row) => {
    expect(becomes(row)).toBe(row.becomes)
  })
})

describe('the page', () => {
  it('has a hundred rows and more', () => {
    expect(fittingSections.flatMap(({ rows }) => rows).length).toBeGreaterThan(100)
  })
})
