/** Trades as verifiable credentials (JwtProof2020), issued and really signed by a did:key that belongs to the seed. */
import { createClock, type Moment } from '../clock.ts'
import { createIdentity, type Identity } from '../identity.ts'
import { createRandom, type Random } from '../random.ts'
import type { Stream, StreamOptions } from './kind.ts'
import { type SignedParts, signedMessages } from './signed.ts'
import { createTrades, type TradeData } from './trade-data.ts'

const CONTEXT = ['https://www.w3.org/2018/credentials/v1']
const TYPE = ['VerifiableCredential']

/** Never ends; about 1.5 kB a message, keys sorted. */
export function credentialMessages(options: Pick<StreamOptions, 'seed' | 'connection' | 'startAt' | 'pool'>): Stream {
  const random = createRandom('credentials', options.seed, options.connection)
  const identity = createIdentity(options.seed)
  const nextTrade = createTrades(random)
  const nextParts = (moment: Moment) => credentialParts(identity, random, moment, nextTrade(moment.ms))
  return signedMessages(options.pool, createClock(random, options.startAt), nextParts)
}

function credentialParts(identity: Identity, random: Random, moment: Moment, trade: TradeData): SignedParts {
  const { did } = identity
  const id = `vc:${trade.Symbol}:${random.uuid()}`
  const issuedAt = Math.floor(moment.ms / 1000)
  const credentialSubject = { claims: { TradeData: trade }, id: did }
  const vc = { '@context': CONTEXT, credentialSubject, type: TYPE }
  const jwt = identity.signJwt({ iss: did, jti: id, nbf: issuedAt, sub: did, vc })
  const tradeCredential = {
    '@context': CONTEXT,
    credentialSubject,
    id,
    issuanceDate: new Date(issuedAt * 1000).toISOString(),
    issuer: { id: did },
    proof: { jwt, type: 'JwtProof2020' },
    type: TYPE,
  }
  return { before: {}, after: { symbol: trade.Symbol, tradeCredential, trade_event_id: trade.Trade_Id } }
}
