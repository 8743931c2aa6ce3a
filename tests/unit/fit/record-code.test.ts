/** The two writers of a record, generated and interpreted, write the same. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import { written } from '../../../app/fit/node.ts'
import { RecordNode } from '../../../app/fit/record.ts'
import { generated, interpreted, type WriteRecord } from '../../../app/fit/record-code.ts'
import { Tap } from '../../../app/fit/tap.ts'
import { parsed } from '../../fixtures/encoding.ts'
import { randomSchema } from '../../support/model/schemas.ts'
import { seeded } from '../../support/random.ts'

const MODULE = new URL('../../../app/fit/record-code.ts', import.meta.url).href

function result(write: WriteRecord | undefined, document: unknown): readonly [boolean, string, number] {
  const tap = new Tap()
  tap.buffer = Buffer.alloc(65_536)
  written.undeclared = 0
  const isWritten = write?.(tap, document as Record<string, unknown>, written) ?? false
  return isWritten ? [true, tap.buffer.toString('hex', 0, tap.position), written.undeclared] : [false, '', 0]
}

describe('the writers of a record', () => {
  it('agree on random schemas and documents', () => {
    let count = 0
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed)
      const { schema, text } = randomSchema(random)
      const { root } = compileSchema('w-value', [schema])
      if (!(root instanceof RecordNode)) throw new Error('no record')
      const writers = [generated(root.fields), interpreted(root.fields)]
      for (let at = 0; at < 20; at++) {
        const document = parsed(text(random))
        const [one, other] = writers.map((write) => result(write, document))
        expect([seed, one]).toEqual([seed, other])
        if (one?.[0]) count++
      }
    }
    expect(count).toBeGreaterThan(500)
  })

  it('are interpreted where the runtime forbids code from strings', () => {
    const code = `const { generated } = await import(${JSON.stringify(MODULE)}); process.stdout.write(String(generated([])))`
    const args = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', code]
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('undefined')
  })
})
