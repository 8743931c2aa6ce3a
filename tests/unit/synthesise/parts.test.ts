/** The pure parts of the synthesiser: random values, clock, identity, pace. */
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createClock, formatRfc3339, formatWithoutZone } from '../../../scripts/synthesise/clock.ts'
import { createIdentity, identityOf } from '../../../scripts/synthesise/identity.ts'
import { createPacer } from '../../../scripts/synthesise/pacer.ts'
import { createRandom } from '../../../scripts/synthesise/random.ts'

const times = (count: number, make: () => unknown) => Array.from({ length: count }, make)

describe('random', () => {
  it('repeats for equal parts and differs for others, also where the parts join to the same text', () => {
    const draw = (...parts: (string | number)[]) => times(20, createRandom(...parts).unit)
    expect(draw('a', 1)).toEqual(draw('a', 1))
    expect(draw('a', 1)).not.toEqual(draw('a', 2))
    expect(draw('a', 12)).not.toEqual(draw('a1', 2))
  })

  it('stays in its range and reaches both ends', () => {
    const { whole } = createRandom('range')
    expect(new Set(times(500, () => whole(-2, 2)))).toEqual(new Set([-2, -1, 0, 1, 2]))
  })

  it('makes distinct version 4 UUIDs', () => {
    const { uuid } = createRandom('uuid')
    const made = times(5000, uuid)
    expect(new Set(made).size).toBe(5000)
    for (const each of made)
      expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('clock', () => {
  const ms = Date.UTC(2025, 0, 19, 12, 34, 56)

  it.each([
    [{ ms, nanos: 0 }, '2025-01-19T12:34:56Z'],
    [{ ms: ms + 780, nanos: 0 }, '2025-01-19T12:34:56.78Z'],
    [{ ms: ms + 7, nanos: 120_000 }, '2025-01-19T12:34:56.00712Z'],
    [{ ms: ms + 999, nanos: 999_999 }, '2025-01-19T12:34:56.999999999Z'],
    [{ ms: ms + 1000, nanos: 1 }, '2025-01-19T12:34:57.000000001Z'],
  ])('prints %j as %s', (moment, text) => {
    expect(formatRfc3339(moment)).toBe(text)
  })

  it.each([
    [{ ms, nanos: 999 }, '2025-01-19T12:34:56'],
    [{ ms, nanos: 1000 }, '2025-01-19T12:34:56.000001'],
    [{ ms: ms + 789, nanos: 123_456 }, '2025-01-19T12:34:56.789123'],
  ])('prints %j without zone as %s', (moment, text) => {
    expect(formatWithoutZone(moment)).toBe(text)
  })

  it('always moves on, and prints times of every length up to nine digits', () => {
    const tick = createClock(createRandom('clock'), ms)
    const moments = Array.from({ length: 20_000 }, tick)
    const nanos = moments.map((moment) => BigInt(moment.ms) * 1_000_000n + BigInt(moment.nanos))
    expect(nanos.every((at, index) => index === 0 || at > (nanos[index - 1] ?? at))).toBe(true)
    const digits = new Set(moments.map((moment) => formatRfc3339(moment).split('.')[1]?.length ?? 1))
    expect([...digits].sort((a, b) => a - b)).toEqual(expect.arrayContaining([4, 8, 9, 10]))
    expect(Math.max(...digits)).toBe(10)
  })
})

describe('identity', () => {
  it('derives the did:key of the published test vectors', () => {
    const seedOf = (last: number) => Buffer.from(last.toString(16).padStart(64, '0'), 'hex')
    expect(identityOf(seedOf(0)).did).toBe('did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp')
    expect(identityOf(seedOf(1)).did).toBe('did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG')
  })

  it('signs what the public key of RFC 8032, test 1, verifies', () => {
    const privateKey = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
    const x = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString(
      'base64url',
    )
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    const signature = Buffer.from(identityOf(privateKey).signText('words'), 'base64url')
    expect(verify(null, Buffer.from('words'), key, signature)).toBe(true)
  })

  it('gives every seed an identity of its own, always the same', () => {
    expect(createIdentity('a').did).toBe(createIdentity('a').did)
    expect(createIdentity('a').did).not.toBe(createIdentity('b').did)
  })
})

describe('pacer', () => {
  /** Ticks at the given times, sending all that is due; answers how many were sent at each. */
  const run = (rate: number, ticks: readonly number[]) => {
    const pacer = createPacer(rate, 1000)
    return ticks.map((at) => {
      const due = pacer.due(1000 + at)
      for (let rest = due; rest > 0; rest--) pacer.sent()
      return due
    })
  }

  it('sends the first at once and then exactly what the time asks for, however the ticks fall', () => {
    expect(run(10, [0, 50, 99, 100, 250, 300])).toEqual([1, 0, 0, 1, 1, 1])
    const uneven = Array.from({ length: 997 }, (_, index) => index + (index % 7) / 10)
    expect(run(50_000, uneven).reduce((sum, due) => sum + due, 0)).toBe(Math.floor((uneven.at(-1) ?? 0) * 50) + 1)
  })

  it('serves rates below one a second', () => {
    expect(run(0.2, [0, 4999, 5000, 9999, 10_000])).toEqual([1, 0, 1, 0, 1])
    const pacer = createPacer(0.2, 0)
    pacer.sent()
    expect(pacer.waitMs(1000)).toBe(4000)
  })

  it('after a long stall catches up by a second at most', () => {
    expect(run(100, [0, 60_000, 60_010])).toEqual([1, 101, 1])
  })

  it('has no limit when asked for none', () => {
    expect(run(Number.POSITIVE_INFINITY, []).length).toBe(0)
    const pacer = createPacer(Number.POSITIVE_INFINITY, 0)
    expect([pacer.due(0), pacer.waitMs(0)]).toEqual([Number.POSITIVE_INFINITY, 0])
  })
})
