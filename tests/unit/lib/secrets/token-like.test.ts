/** Tokens and names in paths of URLs. */
import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { looksLikeToken } from '../../../../app/lib/secrets/token-like.ts'

const times = (make: () => string): string[] => Array.from({ length: 500 }, make)

describe('a part of a path that looks like a token', () => {
  it.each([
    'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    '9f86d081884c7d659a2feaa0c55ad015',
    '9f86d081884c7d65',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '1234567890123456',
    'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1',
    'x7Fq29LmZt0B',
    'kXJ2v9-aQ_71Zr0wLm3T',
    'bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'jsessionid=9f86d081884c7d659a2f',
    'aX%2BbC3dE4fG5h%3D',
    'qwertyuiopasdfghjklzxcvbnmqw',
  ])('%s', (segment) => {
    expect(looksLikeToken(segment)).toBe(true)
  })

  it.each([
    'ws',
    'v3',
    'stream',
    'api',
    'BTC-USD',
    'btcusdt@trade',
    'ethusdt@kline_1m',
    '!miniTicker@arr',
    'us-east-1-prod-2b',
    'market-data-feed-2',
    'realtime_trades_v2',
    'com.example.v1.TradeService2',
    'getAllMyTradesNow',
    'BTCUSDTPerpetualFutures',
    'TradeEventsOfTheDay',
    'verifiable-credentials',
    'data_synthesizer',
    'trades20240101',
    '2026-01-01',
    '20260101T000000Z',
    '2026-01-01T00:00:00Z',
    'session_2025_01_02_03_04_05',
    'BTCUSDT_PERPETUAL_FUTURES',
    'app.bsky.feed.post',
    'sensor-0001.floor-12',
    '%zz',
    '',
  ])('is not %s', (segment) => {
    expect(looksLikeToken(segment)).toBe(false)
  })

  it('is nearly every random one, whatever its alphabet', () => {
    const made = {
      uuid: times(randomUUID),
      hex: times(() => randomBytes(8).toString('hex')),
      base64url: times(() => randomBytes(15).toString('base64url')),
      base64: times(() => encodeURIComponent(randomBytes(18).toString('base64'))),
      base36: times(() => BigInt(`0x${randomBytes(16).toString('hex')}`).toString(36)),
    }
    const shares = Object.fromEntries(
      Object.entries(made).map(([name, all]) => [name, all.filter(looksLikeToken).length / all.length]),
    )
    for (const share of Object.values(shares)) expect(share).toBeGreaterThan(0.97)
    expect(shares.uuid).toBe(1)
  })
})
