/** What each kind of upstream says: exact shapes, key order, spellings, signatures, and that seeds repeat. */
import { describe, expect, it } from '@jest/globals'
import { compactVerify, importJWK } from 'jose'
import { DEFAULT_START_AT } from '../../../scripts/synthesise/clock.ts'
import { type KindName, kinds } from '../../../scripts/synthesise/kinds/index.ts'
import type { Sample, StreamOptions } from '../../../scripts/synthesise/kinds/kind.ts'

const names = Object.keys(kinds) as KindName[]
const signed = names.filter((name) => kinds[name].signed)

function take(name: KindName, count: number, options: Partial<StreamOptions> = {}): Sample[] {
  const symbols = new Set(['AAPL', 'BINANCE:BTCUSDT'])
  const stream = kinds[name].messages({
    seed: 's',
    connection: 0,
    startAt: DEFAULT_START_AT,
    pool: 0,
    symbols,
    ...options,
  })
  return Array.from({ length: count }, () => stream.next().value)
}

function at(document: unknown, ...path: string[]): unknown {
  return path.reduce((value, key) => (value as Record<string, unknown>)[key], document)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** A did:key back to its JWK, by other means than the code under test: base58 digit by digit on bytes. */
function jwkOf(did: string) {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const bytes = new Array<number>(34).fill(0)
  for (const letter of did.replace('did:key:z', '')) {
    let carry = alphabet.indexOf(letter)
    for (let place = 33; place >= 0; place--) {
      carry += (bytes[place] ?? 0) * 58
      bytes[place] = carry & 255
      carry >>= 8
    }
  }
  expect(bytes.slice(0, 2)).toEqual([0xed, 0x01])
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes.slice(2)).toString('base64url') }
}

describe.each(names)('%s', (name) => {
  it('writes compact JSON with sorted keys that parses to the document', () => {
    for (const { text, document } of take(name, 300)) {
      const parsed: unknown = JSON.parse(text)
      expect(parsed).toEqual(document)
      expect(text).toBe(JSON.stringify(sorted(parsed)))
    }
  })

  it('repeats for a seed and connection, and differs for others', () => {
    const texts = (options?: Partial<StreamOptions>) => take(name, 10, options).map(({ text }) => text)
    expect(texts()).toEqual(texts())
    expect(texts({ seed: 't' })).not.toEqual(texts())
    expect(texts({ connection: 1 })).not.toEqual(texts())
    expect(texts({ startAt: DEFAULT_START_AT + 3_600_000 })).not.toEqual(texts())
  })
})

describe.each(signed)('%s with a pool', (name) => {
  it('rotates what it signed, each time with a new start time', () => {
    const samples = take(name, 12, { pool: 4 })
    const strip = ({ document }: Sample) => ({ ...document, start_timestamp: '' })
    for (const [index, sample] of samples.entries()) {
      expect(JSON.parse(sample.text)).toEqual(sample.document)
      expect(sample.text).toBe(JSON.stringify(sorted(sample.document)))
      expect(strip(sample)).toEqual(strip(samples[index % 4] as Sample))
    }
    expect(new Set(samples.map(({ document }) => document.start_timestamp)).size).toBe(12)
    expect(new Set(samples.map(strip).map((each) => JSON.stringify(each))).size).toBe(4)
  })
})

describe('trades', () => {
  it('name the trade twice, print small volumes as 1e-7, and never a null condition', () => {
    const samples = take('trades', 5000)
    for (const { document } of samples) {
      expect(Object.keys(document)).toEqual(['start_timestamp', 'symbol', 'tradeData', 'trade_event_id'])
      expect(document.trade_event_id).toBe(at(document, 'tradeData', 'Trade_Id'))
      expect(document.symbol).toBe(at(document, 'tradeData', 'Symbol'))
      expect(document.start_timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$/)
      expect(at(document, 'tradeData', 'Trade_Condition')).toBeInstanceOf(Array)
    }
    const texts = samples.map(({ text }) => text).join('\n')
    expect(texts).toMatch(/"Volume":\d(\.\d+)?e-7/)
    expect(texts).toContain('"Trade_Condition":[]')
    expect(texts).toContain('"Trade_Condition":["1","12"]')
    expect(texts).toMatch(/"Price":\d+,/)
  })
})

describe('credentials', () => {
  it('are about 1.5 kB of a verifiable credential about the trade', () => {
    for (const { text, document } of take('credentials', 50)) {
      expect(text.length).toBeGreaterThan(1400)
      expect(text.length).toBeLessThan(1700)
      expect(Object.keys(document)).toEqual(['start_timestamp', 'symbol', 'tradeCredential', 'trade_event_id'])
      expect(at(document, 'tradeCredential')).toMatchObject({
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        credentialSubject: { claims: { TradeData: { Trade_Id: document.trade_event_id, Symbol: document.symbol } } },
        id: expect.stringMatching(/^vc:[A-Z:]+:[0-9a-f-]{36}$/),
        issuer: { id: at(document, 'tradeCredential', 'credentialSubject', 'id') },
        proof: { type: 'JwtProof2020' },
        type: ['VerifiableCredential'],
      })
    }
  })

  it.each([0, 3])('carry a JWT that the issuer did:key verifies and that says the same (pool %d)', async (pool) => {
    for (const { document } of take('credentials', 6, { pool })) {
      const did = String(at(document, 'tradeCredential', 'issuer', 'id'))
      const jwt = String(at(document, 'tradeCredential', 'proof', 'jwt'))
      const { payload, protectedHeader } = await compactVerify(jwt, await importJWK(jwkOf(did), 'EdDSA'))
      expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'JWT' })
      const claims: unknown = JSON.parse(Buffer.from(payload).toString())
      expect(claims).toMatchObject({ iss: did, vc: { type: ['VerifiableCredential'] } })
      expect(at(claims, 'vc', 'credentialSubject')).toEqual(at(document, 'tradeCredential', 'credentialSubject'))
      expect(Date.parse(String(at(document, 'tradeCredential', 'issuanceDate')))).toBe(Number(at(claims, 'nbf')) * 1000)
    }
  })
})

describe('readings', () => {
  it('carry a JWT that their own did verifies, and come from several sensors', async () => {
    const samples = take('readings', 16)
    for (const { document } of samples) {
      const did = String(document.did)
      const { payload } = await compactVerify(String(document.jwt), await importJWK(jwkOf(did), 'EdDSA'))
      const claims: unknown = JSON.parse(Buffer.from(payload).toString())
      expect(at(claims, 'iss')).toBe(did)
      expect(at(claims, 'vc', 'credentialSubject', 'temperature')).toBe(at(document, 'data', 'temperature'))
    }
    expect(new Set(samples.map(({ document }) => document.did)).size).toBe(8)
  })
})

describe('deliveries', () => {
  const samples = take('deliveries', 18 * 5)
  const spell = (timestamp: unknown) =>
    `${typeof timestamp} ${String(timestamp).replace(/\d+/g, (run) => `${run.length}`)}`

  it('rotate every spelling of the time with both names of the order', () => {
    const pairs = samples.map(({ document }) => `${spell(document.timestamp)} ${'order_id' in document}`)
    const spellings = new Set(samples.map(({ document }) => spell(document.timestamp).replace(/\.[123]$/, '.f')))
    expect([...spellings].sort()).toEqual([
      'number 10',
      'number 10.f',
      'number 13',
      'string 10',
      'string 10.f',
      'string 13',
      'string 4-2-2T2:2:2',
      'string 4-2-2T2:2:2.3Z',
      'string 4-2-2T2:2:2.6',
    ])
    expect(new Set(pairs).size).toBeGreaterThanOrEqual(18)
  })

  it('name the moment that `at` says, read by other means', () => {
    const read = (timestamp: unknown): number => {
      const text = String(timestamp)
      if (text.includes('T')) return Date.parse(text.endsWith('Z') ? text : `${text}Z`)
      return Math.round(text.length === 13 && !text.includes('.') ? Number(text) : Number(text) * 1000)
    }
    for (const { document, at: moment } of samples) expect(read(document.timestamp)).toBe(moment)
  })

  it('have the fields of the documents or those of the code, and go from started to completed', () => {
    const keys = new Set(samples.map(({ document }) => Object.keys(document).join()))
    const common = ['current_lat', 'current_lon', 'device_id', 'end_lat', 'end_lon']
    const tail = ['session_id', 'start_lat', 'start_lon', 'status', 'timestamp', 'vehicle_id']
    expect(keys).toEqual(
      new Set([
        [...common, 'order_number', ...tail].join(),
        [...common, 'order_id', 'route_name', ...tail, 'waypoint_count'].join(),
      ]),
    )
    const sessions = new Set(samples.map(({ document }) => document.session_id))
    const trip = samples.filter(({ document }) => document.session_id === samples[0]?.document.session_id)
    const last = trip.at(-1)?.document ?? {}
    expect(trip[0]?.document).toMatchObject({ status: 'started' })
    expect(last).toMatchObject({ status: 'completed', current_lat: last.end_lat, current_lon: last.end_lon })
    expect(sessions.size).toBe(10)
  })
})

describe('finnhub', () => {
  it('sends several trades of the subscribed symbols a message, nulls for no condition, and pings', () => {
    const documents = take('finnhub', 500).map(({ document }) => document)
    const trades = documents.flatMap(({ data }) => (Array.isArray(data) ? data : []))
    expect(trades.length).toBeGreaterThan(1000)
    expect(new Set(trades.map(({ s }) => s))).toEqual(new Set(['AAPL', 'BINANCE:BTCUSDT']))
    expect(trades.some(({ c }) => c === null)).toBe(true)
    expect(documents).toContainEqual({ type: 'ping' })
  })

  it('takes subscriptions without a word and answers anything else with an error', () => {
    const symbols = new Set<string>()
    const ask = (text: string) => kinds.finnhub.subscribe?.(text, symbols)
    expect(ask('{"type":"subscribe","symbol":"AAPL"}')).toBeUndefined()
    expect(ask('{"type":"subscribe","symbol":"MSFT"}')).toBeUndefined()
    expect(ask('{"type":"unsubscribe","symbol":"AAPL"}')).toBeUndefined()
    expect([...symbols]).toEqual(['MSFT'])
    for (const bad of ['Hello', 'null', '{"type":"subscribe"}', '{"type":"x","symbol":"A"}']) {
      expect(JSON.parse(ask(bad) ?? '')).toEqual({ msg: expect.any(String), type: 'error' })
    }
  })
})
