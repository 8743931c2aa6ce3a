/** Bearer tokens by the client-credentials grant (RFC 6749 §4.4), kept until shortly before they expire. */
import { rootCertificates } from 'node:tls'
import type { OauthConfig, TlsConfig } from '../config/types.ts'
import { Unavailable } from '../errors.ts'
import { failureOf, request } from '../lib/http-client.ts'

const MAX_ANSWER_BYTES = 256 * 1024
/** A token is renewed when this share of its life is over. */
const RENEW_AT = 0.8
/** For an answer without `expires_in`, seconds. */
const DEFAULT_LIFE_S = 300

/** Gives a token, asking for a new one when the last is old. */
export type TokenSource = () => Promise<string>

/**
 * Callers who come while a token is being fetched share it. Rejects with `Unavailable`: `authentication` when the endpoint
 * refuses us, else what keeps us from it. The `ca` of `tls` is trusted beside the public authorities.
 */
export function tokenSource(oauth: OauthConfig, tls: TlsConfig | undefined, timeoutMs: number): TokenSource {
  let pending: Promise<Token> | undefined
  let token: Token | undefined
  return async () => {
    if (token && performance.now() < token.renewAt) return token.value
    pending ??= fetchToken(oauth, tls?.ca, timeoutMs).finally(() => {
      pending = undefined
    })
    token = await pending
    return token.value
  }
}

interface Token {
  readonly value: string
  /** Milliseconds on the monotonic clock: one that is set back would keep a token that has expired. */
  readonly renewAt: number
}

async function fetchToken(oauth: OauthConfig, ca: string | undefined, timeoutMs: number): Promise<Token> {
  const answer = await request({
    url: oauth.tokenEndpointUrl,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${escaped(oauth.clientId)}:${escaped(oauth.clientSecret)}`).toString('base64')}`,
    },
    body: 'grant_type=client_credentials',
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    ca: ca === undefined ? undefined : [...rootCertificates, ca].join('\n'),
  }).catch((cause) => {
    const reason = failureOf(cause) === 'timeout' ? 'timeout' : 'connect'
    throw new Unavailable(reason, `no OAuth token: ${cause.message}`, { cause })
  })
  const { host } = new URL(oauth.tokenEndpointUrl)
  if (answer.status !== 200) {
    const reason = answer.status < 500 ? 'authentication' : 'connect'
    throw new Unavailable(reason, `no OAuth token: ${host} answered with status ${answer.status}`)
  }
  const { access_token: value, expires_in: life } = parsed(answer.body)
  if (typeof value !== 'string' || value === '') {
    throw new Unavailable('authentication', `no OAuth token: the answer of ${host} holds no access_token`)
  }
  const lifeS = typeof life === 'number' && life > 0 ? life : DEFAULT_LIFE_S
  return { value, renewAt: performance.now() + lifeS * 1000 * RENEW_AT }
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they become user and password. */
function escaped(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

function parsed(body: Buffer): { access_token?: unknown; expires_in?: unknown } {
  try {
    const json: unknown = JSON.parse(body.toString())
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}

/** The broker's refusal of a token (RFC 7628 §3.2.2), which comes as the content of a successful answer; undefined when it took it. */
export function tokenRefusal(answer: Buffer | null | undefined): Unavailable | undefined {
  if (!answer || answer.length === 0) return undefined
  const { status = 'invalid_token' } = parsed(answer) as { status?: unknown }
  return new Unavailable('authentication', `Kafka refused the OAuth token: ${String(status).slice(0, 100)}`)
}
