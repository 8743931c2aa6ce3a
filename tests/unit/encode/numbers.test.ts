/** Numbers are written exactly or refused: the bytes are computed here with bigints, not by avsc. */
import { describe, expect, it } from '@jest/globals'
import avsc from 'avsc'
import { decode, zigzag } from '../../fixtures/avro-bytes.ts'
import { encode, refused, withField } from '../../fixtures/encoding.ts'

const MAX = Number.MAX_SAFE_INTEGER

describe('long', () => {
  const schema = withField('long')
  const boundaries = [
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    8191,
    8192,
    -8192,
    -8193,
    2 ** 30,
    -(2 ** 30) - 1,
    2 ** 31,
    2 ** 32,
    2 ** 35,
  ]
  const large = [2 ** 51, 2 ** 52 - 1, 2 ** 52, 2 ** 52 + 1, MAX - 1, MAX, -(2 ** 51) - 1, -(2 ** 52) + 1, -(2 ** 52)]
  // Beyond avsc's own arithmetic, which rounds.
  const beyond = [-(2 ** 52) - 1, -(2 ** 52) - 2, -(2 ** 53) + 1, -(2 ** 53), MAX + 1, 1e18]

  it.each([...boundaries, ...large, ...beyond, 1680286537580, -0])('writes %d exactly', (value) => {
    expect(encode(schema, { f: value }).toString('hex')).toBe(zigzag(BigInt(value)).toString('hex'))
  })

  it('is read back by avsc, up to where avsc reads', () => {
    const reader = avsc.Type.forSchema(schema as avsc.Schema)
    for (const value of [...boundaries, ...large.filter((each) => each < MAX)]) {
      expect(reader.fromBuffer(encode(schema, { f: value })).f).toBe(value)
    }
  })

  it.each([2 ** 63, -(2 ** 63), 1e19, 1e300, 1.5, -0.1, 1e-7, Number.POSITIVE_INFINITY, Number.NaN])(
    'refuses %d',
    (value) => {
      expect(refused(schema, { f: value })).toMatchObject({ reason: 'bad_number', path: 'f' })
    },
  )
})

describe('int', () => {
  it.each([0, -1, 2 ** 31 - 1, -(2 ** 31)])('writes %d exactly', (value) => {
    expect(encode(withField('int'), { f: value }).toString('hex')).toBe(zigzag(BigInt(value)).toString('hex'))
  })
  it.each([2 ** 31, -(2 ** 31) - 1, 1.5, Number.POSITIVE_INFINITY, Number.NaN])('refuses %d', (value) => {
    expect(refused(withField('int'), { f: value })).toMatchObject({ reason: 'bad_number', path: 'f' })
  })
})

describe('double and float', () => {
  it.each([0, 5, -0, 164.06, 1e-7, Number.MAX_VALUE, 5e-324, MAX])('writes the double %d exactly', (value) => {
    const decoded = decode(withField('double'), encode(withField('double'), { f: value })) as { f: number }
    expect(Object.is(decoded.f, value)).toBe(true)
  })
  it.each([0, 1.5, -2.25, 3.4028234663852886e38])('writes the float %d exactly', (value) => {
    expect(decode(withField('float'), encode(withField('float'), { f: value }))).toEqual(
      Object.assign(Object.create(null), { f: value }),
    )
  })
  it('rounds a float as Math.fround does', () => {
    const { f } = decode(withField('float'), encode(withField('float'), { f: 0.1 })) as { f: number }
    expect(f).toBe(Math.fround(0.1))
  })
  it.each([1e39, -1e39, 3.4028236e38, JSON.parse('1e400'), Number.NaN])('refuses the float %d', (value) => {
    expect(refused(withField('float'), { f: value })).toMatchObject({ reason: 'bad_number', path: 'f' })
  })
  it.each([JSON.parse('1e400'), JSON.parse('-1e400'), Number.NaN])('refuses the double %d', (value) => {
    expect(refused(withField('double'), { f: value })).toMatchObject({ reason: 'bad_number', path: 'f' })
  })
})

describe('within other types', () => {
  it.each<[string, unknown, unknown, string]>([
    ['a union', ['null', 'long'], 1e19, 'f'],
    ['a union of double', ['null', 'double'], JSON.parse('1e400'), 'f'],
    ['an array', { type: 'array', items: 'long' }, [1, 2, 2 ** 63], 'f.2'],
    ['a map', { type: 'map', values: 'float' }, { secret: 1e39 }, 'f.*'],
    ['a nested record', withField('int'), { f: 2 ** 31 }, 'f.f'],
  ])('are refused with their path: %s', (_name, type, value, path) => {
    const schema = { type: 'record', name: 'Outer', fields: [{ name: 'f', type }] }
    expect(refused(schema, { f: value })).toMatchObject({ reason: 'bad_number', path })
  })

  it('are taken with plain JSON in unions, and an integer is fine for a double', () => {
    expect(encode(withField(['null', 'long']), { f: 5 }).toString('hex')).toBe('020a')
    expect(encode(withField(['null', 'long']), { f: null }).toString('hex')).toBe('00')
    expect(encode(withField(['string', 'int']), { f: 5 }).toString('hex')).toBe('020a')
    expect(
      encode(withField(['null', 'double']), { f: 5 })
        .subarray(1)
        .readDoubleLE(),
    ).toBe(5)
  })

  it('go to the first branch that holds them exactly, or to the one that is named', () => {
    const schema = withField(['null', 'long', 'double'])
    expect(encode(schema, { f: 5 }).toString('hex')).toBe('020a')
    expect(encode(schema, { f: 5.5 })[0]).toBe(4)
    expect(encode(schema, { f: { long: 5 } }).toString('hex')).toBe('020a')
    expect(refused(schema, { f: { long: 1.5 } })).toMatchObject({ reason: 'bad_number', path: 'f.long' })
  })

  it('hold for defaults as well', () => {
    expect(encode(withField('long', { default: -7 }), {}).toString('hex')).toBe('0d')
    expect(() => encode(withField('long', { default: 2 ** 63 }), {})).toThrow('cannot be used')
  })
})
