/** A trade as a signed verifiable credential, about 2 kB: the schema TradeEvent, with `@context` to be renamed. */
import { readFileSync } from 'node:fs'
import { createIdentity } from '../../synthesise/identity.ts'
import type { Position, Shape } from './shape.ts'

const CONTEXT = ['https://www.w3.org/2018/credentials/v1', 'https://w3id.org/security/suites/ed25519-2020/v1']
const TYPE = ['VerifiableCredential', 'TradeCredential']
const FIRST_TIME = 1_680_000_000_000
const SOURCE_DIGITS = 5
const SEQUENCE_DIGITS = 8

/** Symbol, price, volume; their texts are of one length. */
const QUOTES = [
  ['AAPL', 164.06, 5],
  ['MSFT', 287.18, 1],
  ['AMZN', 102.37, 9],
  ['NVDA', 273.83, 3],
] as const

const identity = createIdentity('bench')
/** Signed once: what is measured carries signatures, and checks none. */
const TOKENS = QUOTES.map(([symbol, Price, Volume]) => {
  const Trade_Id = '6d1f7e52-3b0c-4f4e-9a55-1c9d7f0b2a41'
  const TradeData = {
    Event_Timestamp: FIRST_TIME,
    Price,
    Symbol: symbol,
    Trade_Condition: ['1', '12'],
    Trade_Id,
    Volume,
  }
  const issuer = { id: identity.did }
  return identity.signJwt({
    aud: [identity.did],
    exp: FIRST_TIME / 1_000 + 31_536_000,
    iss: identity.did,
    jti: `vc:${symbol}:${Trade_Id}`,
    nbf: FIRST_TIME / 1_000,
    sub: identity.did,
    vc: { '@context': CONTEXT, credentialSubject: { claims: { TradeData }, id: identity.did }, issuer, type: TYPE },
  })
})

/** In the form of a UUID; the sequence ends it. */
function tradeId({ source, seq }: Position): string {
  return `${String(source).padStart(SEQUENCE_DIGITS, '0')}-5b1e-4c3a-8f00-0000${seq}`
}

/** The event with the name that the credential's context has in it. */
function event(position: Position, context: '@context' | 'context'): Record<string, unknown> {
  const at = position.seq % QUOTES.length
  const [symbol, Price, Volume] = QUOTES[at] as (typeof QUOTES)[number]
  const Trade_Id = tradeId(position)
  const Event_Timestamp = FIRST_TIME + position.seq
  const TradeData = { Event_Timestamp, Price, Symbol: symbol, Trade_Condition: ['1', '12'], Trade_Id, Volume }
  return {
    start_timestamp: '2023-03-28T10:40:00.123456Z',
    symbol,
    tradeCredential: {
      [context]: CONTEXT,
      credentialSubject: { claims: { TradeData }, id: identity.did },
      id: `vc:${symbol}:${Trade_Id}`,
      issuanceDate: '2023-03-28T10:40:00.000Z',
      issuer: { id: identity.did },
      proof: { jwt: TOKENS[at], type: 'JwtProof2020' },
      type: TYPE,
    },
    trade_event_id: Trade_Id,
  }
}

/** The reader finds `context`, and null where the schema could have the plain trade. */
export const credential: Shape = {
  help: 'trades as signed credentials of about 2 kB, normalised',
  schema: JSON.parse(readFileSync(new URL('../../../schemas/TradeEvent.avsc', import.meta.url), 'utf8')) as object,
  normalise: 'verifiable-credential',
  round: QUOTES.length,
  text: (position) => JSON.stringify(event(position, '@context')),
  document: (position) => ({ ...event(position, 'context'), tradeData: null }),
  positionOf: ({ trade_event_id }) => {
    const id = String(trade_event_id)
    const source = Number(id.slice(SEQUENCE_DIGITS - SOURCE_DIGITS, SEQUENCE_DIGITS))
    return { source, seq: Number(id.slice(-SEQUENCE_DIGITS)) }
  },
}
