/** The command line of the synthesiser: what it reads, and how it refuses. */
import { describe, expect, it } from '@jest/globals'
import { Failure } from '../../../scripts/lib/failure.ts'
import { readArguments } from '../../../scripts/synthesise/arguments.ts'

describe('arguments', () => {
  it('need nothing but a kind', () => {
    expect(readArguments(['trades'])).toMatchObject({
      kind: 'trades',
      host: '127.0.0.1',
      port: 0,
      path: '/ws',
      rate: 10,
      count: Number.POSITIVE_INFINITY,
      seed: 'tributary',
      pool: 0,
    })
  })

  it('read every option', () => {
    const line =
      'readings --port 3339 --host 0.0.0.0 --path /feed --rate max --count 7 --seed x --start-at 2025-01-01T00:00:00Z ' +
      '--pool 3 --connections 2 --silent-after 4 --close-after 5:4001 --drop-after 6 --refuse 429:120 --garbage 8 --no-pong --slow-open 9'
    expect(readArguments(line.split(' '))).toEqual({
      kind: 'readings',
      port: 3339,
      host: '0.0.0.0',
      path: '/feed',
      rate: Number.POSITIVE_INFINITY,
      count: 7,
      seed: 'x',
      startAt: Date.UTC(2025, 0, 1),
      pool: 3,
      connections: 2,
      silentAfter: 4,
      closeAfter: { messages: 5, code: 4001 },
      dropAfter: 6,
      refuse: { status: 429, retryAfter: '120' },
      garbage: 8,
      noPong: true,
      slowOpenMs: 9,
      record: false,
    })
  })

  it('keep a date in Retry-After whole', () => {
    const date = 'Fri, 31 Dec 2027 23:59:59 GMT'
    expect(readArguments(['trades', '--refuse', `503:${date}`]).refuse).toEqual({ status: 503, retryAfter: date })
  })

  it('rotate a pool above 1,000 signed messages a second', () => {
    expect(readArguments(['credentials', '--rate', '1000']).pool).toBe(0)
    expect(readArguments(['credentials', '--rate', '1001']).pool).toBe(256)
  })

  it.each([
    ['', /No kind/],
    ['trade', /Unknown kind trade/],
    ['trades readings', /More than one kind/],
    ['trades --rate fast', /--rate takes a number, not fast/],
    ['trades --rate 0', /rate must be above 0/],
    ['trades --count 1.5', /count must be a whole number/],
    ['trades --port 65536', /port must be a whole number from 0 to 65535/],
    ['trades --garbage 0', /garbage must be a whole number of 1 or more/],
    ['trades --close-after 5:1006', /1006 cannot be sent/],
    ['trades --close-after :1000', /--close-after takes a number/],
    ['trades --refuse 200', /HTTP status must be a whole number from 400/],
    ['trades --start-at yesterday', /--start-at takes a time/],
    ['trades --path /health', /path must begin/],
    ['trades --nonsense', /nonsense/],
  ])('refuse "%s" with a reason and a cure', (line, reason) => {
    const attempt = () => readArguments(line.split(' ').filter((word) => word !== ''))
    expect(attempt).toThrow(Failure)
    expect(attempt).toThrow(reason)
  })
})
