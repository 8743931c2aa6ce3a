/** JSON with all digits: read as the engine reads it, but for the numbers that a double does not say exactly. */
import { describe, expect, it } from '@jest/globals'
import { ExactNumber, isObject } from '../../../app/lib/json-value.ts'
import { parseExactly, stringifyExactly } from '../../../app/lib/lossless-json.ts'
import { seeded } from '../../support/random.ts'

/** With exact numbers as `#` and their text. */
const shown = (text: string): unknown => JSON.parse(JSON.stringify(replaced(parseExactly(text))))
function replaced(value: unknown): unknown {
  if (value instanceof ExactNumber) return `#${value.text}`
  if (Array.isArray(value)) return value.map(replaced)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each)]))
    : value
}

describe('parseExactly', () => {
  it.each<[string, unknown]>([
    [
      '{"a":9007199254740993,"b":1,"c":[1e-400,2,{"d":-12345678901234567890.5}]}',
      { a: '#9007199254740993', b: 1, c: ['#1e-400', 2, { d: '#-12345678901234567890.5' }] },
    ],
    ['12345678901234567890', '#12345678901234567890'],
    ['"12345678901234567890"', '12345678901234567890'],
    ['{"a":"x\\\\","b":12345678901234567890}', { a: 'x\\', b: '#12345678901234567890' }],
    ['{"a":"x\\",12345678901234567890,\\"","b":1}', { a: 'x",12345678901234567890,"', b: 1 }],
    ['{"12345678901234567890":true,"e":null,"f":false}', { '12345678901234567890': true, e: null, f: false }],
    ['{"a":12345678901234567890,"a":5}', { a: 5 }],
    ['{"a":5,"a":12345678901234567890}', { a: '#12345678901234567890' }],
    ['{"a":1.00000000000000000001,"a":1}', { a: 1 }],
    ['{"a" : 12345678901234567890 , "b" : 1e18}', { a: '#12345678901234567890', b: 1e18 }],
    [
      '[1610521604143693800,0.30000000000000004,64213.010000000000000,-0.0]',
      [1610521604143693800, 0.30000000000000004, 64213.01, 0],
    ],
  ])('reads %s', (text, expected) => expect(shown(text)).toEqual(expected))

  it('keeps __proto__ as a plain property, and -0', () => {
    const value = parseExactly('{"__proto__":12345678901234567890,"z":-0}') as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toBeInstanceOf(ExactNumber)
    expect(Object.is(value.z, -0)).toBe(true)
  })

  it.each([
    '',
    '{12345678901234567890:1}',
    '{12345678901234567890 :1}',
    '[012345678901234567890]',
    '[12345678901234567890.]',
    '[.12345678901234567890]',
    '[+12345678901234567890]',
    '[--12345678901234567890]',
    '[12345678901234567890 12345678901234567890]',
    '[12345678901234567890e]',
    '[12345678901234567890-1]',
    '[1234567890.1234567890.1234567890]',
    '"12345678901234567890',
    '[12345678901234567890"x"]',
    'x12345678901234567890',
    '[1e-400',
  ])('refuses %j as the engine does, and never quotes its own mark', (text) => {
    const errors = [JSON.parse, parseExactly].map((parse) => {
      try {
        parse(text)
      } catch (error) {
        return error
      }
      return 'parsed'
    })
    expect(errors[0]).toBeInstanceOf(SyntaxError)
    expect((errors[1] as Error).message).toBe((errors[0] as Error).message)
  })

  it('goes as deep as the engine', () => {
    const deep = `${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}`
    let value = parseExactly(deep)
    while (Array.isArray(value)) value = value[0]
    expect((value as ExactNumber).text).toBe('12345678901234567890')
  })

  it('reads what the engine reads, whatever the text', () => {
    const pieces = '{ } [ ] , : " \\ 1 0 - . e-400 12345678901234567890 true "a" "a": [1]'.split(' ').concat(' ')
    const random = seeded(7)
    let parsed = 0
    for (let i = 0; i < 20_000; i++) {
      const text = `[${Array.from({ length: 1 + random(7) }, () => pieces[random(pieces.length)]).join('')}]`
      const [engine, exact] = [attempt(JSON.parse, text), attempt(parseExactly, text)]
      if (engine) parsed++
      expect([text, exact && asDoubles(exact)]).toEqual([text, engine])
    }
    expect(parsed).toBeGreaterThan(100)
  })
})

/** In an array, because it may be undefined; undefined when it is no JSON. */
function attempt(parse: (text: string) => unknown, text: string): [unknown] | undefined {
  try {
    return [parse(text)]
  } catch {
    return undefined
  }
}

function asDoubles(value: unknown): unknown {
  if (value instanceof ExactNumber) return Number(value.text)
  return Array.isArray(value)
    ? value.map(asDoubles)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asDoubles(each)]))
      : value
}

describe('stringifyExactly', () => {
  it('writes bigints and exact numbers with all digits, and everything else as the engine does', () => {
    const value = { a: 2n ** 63n, b: new ExactNumber('1.00000000000000000001'), c: [1, 'x', null], d: undefined }
    expect(stringifyExactly(value)).toBe('{"a":9223372036854775808,"b":1.00000000000000000001,"c":[1,"x",null]}')
  })
})

describe('an exact number', () => {
  it('has no properties of its own, and is no object', () => {
    const number = new ExactNumber('1e400')
    expect([Object.keys(number), isObject(number), Object.hasOwn(number, 'text')]).toEqual([[], false, false])
  })
})
