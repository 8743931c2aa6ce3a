/** What is said to do about a URL that does not open. */
import { describe, expect, it } from '@jest/globals'
import { sourceCure } from '../../../app/dial/source-cure.ts'
import { type LostReason, SourceLost, SourceRefused } from '../../../app/errors.ts'

function feed(name: string, names: Record<string, string> = {}) {
  return { name, names }
}

function lost(reason: LostReason, code?: number): SourceLost {
  return new SourceLost(reason, 'gone', { code })
}

describe('the cure', () => {
  it('names the variable that its user knows', () => {
    expect(sourceCure(lost('dns'), feed('finnhub_trade', { URLS: 'FINNHUB_DATA_URLS' }))).toContain('FINNHUB_DATA_URLS')
    expect(sourceCure(lost('dns'), feed('quotes'))).toContain('FEED_QUOTES_URLS')
    expect(sourceCure(lost('dns'), feed('quotes', { URLS: 'FEED_QUOTES_URLS_FILE' }))).toContain(
      'FEED_QUOTES_URLS_FILE',
    )
    expect(
      sourceCure(lost('handshake_status', 401), feed('quotes', { HEADERS: 'FEED_QUOTES_HEADERS_FILE' })),
    ).toContain('FEED_QUOTES_HEADERS_FILE')
  })

  it.each([
    [401, 'token'],
    [403, 'token'],
    [404, 'path'],
    [429, 'DIAL_RATE'],
    [503, 'later'],
    [302, 'FEED_QUOTES_URLS'],
  ])('suits a handshake answered with %d', (status, cure) => {
    expect(sourceCure(lost('handshake_status', status), feed('quotes'))).toContain(cure)
  })

  it.each<[LostReason, string]>([
    ['connect', 'host and port'],
    ['tls', 'certificate'],
    ['handshake_timeout', 'HANDSHAKE_TIMEOUT'],
    ['protocol', 'WebSocket server'],
    ['configuration', 'correct it'],
    ['closed', 'FEED_QUOTES_URLS'],
  ])('suits %s', (reason, cure) => {
    expect(sourceCure(new SourceRefused(reason, 'no'), feed('quotes'))).toContain(cure)
  })

  it.each([
    ['plain', 'write ws:// instead of wss:// in FEED_QUOTES_URLS'],
    ['tls', 'write wss:// instead of ws:// in FEED_QUOTES_URLS'],
    ['nothing', 'if it wants TLS, write wss://'],
  ] as const)('suits a port that speaks %s', (speaks, cure) => {
    expect(sourceCure(new SourceLost('tls', 'gone', { speaks }), feed('quotes'))).toContain(cure)
  })

  it('does not take a close code for a status', () => {
    expect(sourceCure(lost('closed', 404), feed('quotes'))).toBe('check FEED_QUOTES_URLS')
  })
})
