/** JSON without a schema: what is written is what was read. */
import { describe, expect, it } from '@jest/globals'
import { jsonEncoder as open } from '../../../app/encode/json.ts'
import { Rejected } from '../../../app/errors.ts'
import type { Document } from '../../../app/model.ts'
import { json as parser } from '../../../app/parse/json.ts'
import { message } from '../../support/messages.ts'

const json = () => open({ schemaFile: 'none' })
const read = (text: string): Document => parser()(message(text)) as Document
const written = (document: Document): string => json().encode('s', document).toString()
function rejection(document: Document): Rejected {
  try {
    written(document)
  } catch (error) {
    if (error instanceof Rejected) return error
    throw error
  }
  throw new Error('it was written')
}

describe('JSON', () => {
  it.each([
    '{}',
    '{"a":{"b":[1,"two",true,null]},"c":""}',
    '{"n":9007199254740993,"p":0.1000000000000000000001,"q":-12345678901234567890.5}',
    '{"__proto__":{"x":1},"toString":1,"constructor":null}',
    '{"text":"é€😀\\u0000\\"\\\\"}',
    '{"toJSON":"x"}',
  ])('writes %s as it was', (text) => expect(written(read(text))).toBe(text))

  it('is compact, without a byte order mark', () => {
    expect(written(read('\ufeff{ "a" : [ 1 ,\n 2 ] }'))).toBe('{"a":[1,2]}')
  })

  it('escapes what UTF-8 cannot hold', () => expect(written(read('{"a":"\\ud800"}'))).toBe('{"a":"\\ud800"}'))

  it('writes big integers that a normaliser made', () => {
    expect(written({ n: 2n ** 70n })).toBe('{"n":1180591620717411303424}')
  })

  it('never writes null for a number', () => {
    const { reason, path, message: said } = rejection({ a: null, b: { c: [1, Number.POSITIVE_INFINITY] } })
    expect([reason, path]).toEqual(['bad_number', 'b.c.1'])
    expect(said).toBe('a number beyond what can be read')
    const text = '{"a":null,"b":1e400}'
    const document = read(text)
    const outcome = document.b === Number.POSITIVE_INFINITY ? rejection(document).reason : written(document)
    expect(['bad_number', text]).toContain(outcome)
    expect(written({ a: 'null', b: null })).toBe('{"a":"null","b":null}')
  })

  it('refuses what is nested too deeply, and goes on', () => {
    let deep: Document = {}
    for (let level = 0; level < 200_000; level++) deep = { deep }
    expect(rejection(deep).reason).toBe('too_deep')
    expect(written({ a: 1 })).toBe('{"a":1}')
  })

  it('counts what is held', () => {
    const encoder = json()
    const fork = encoder.fork()
    const release = fork.hold()
    expect([encoder.isHeld, fork.isHeld]).toEqual([false, true])
    release()
    expect(fork.isHeld).toBe(false)
  })
})
