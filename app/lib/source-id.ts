/** The persistent id of a source: equal for equal URLs in every process, at any place in a list. */
import { hash } from 'node:crypto'
import { looksLikeToken } from './secrets/token-like.ts'

const IDENTITY_DIGITS = 16
/** Names of query parameters whose values are credentials, or change with each signature. */
const CREDENTIAL =
  /token|secret|passw|signature|credential|session|nonce|timestamp|expires|^(auth|authorization|sig|pwd|jwt|bearer)$|(api|access|auth|listen|client)[-_.]?key$/i

/** The parts of a stored id. `name` holds no secret; it is shown when the source is no longer configured. */
export interface StoredId {
  readonly identity: string
  /** Partition hash. */
  readonly hash: number
  readonly name: string
}

/**
 * A hash of `url`, stored and never shown. Query values count. Ignored are user info, parts that look like tokens,
 * values of credential parameters, and the fragment: a new token does not change the source.
 */
export function identityOf(url: string): string {
  return hash('sha256', URL.canParse(url) ? essence(new URL(url)) : url).slice(0, IDENTITY_DIGITS)
}

/** The text that a lane stores with a message. */
export function storedId({ identity, hash, name }: StoredId): string {
  return `${identity} ${hash} ${name}`
}

/** Returns undefined for an id of another form, such as the ids of 0.1.0. */
export function parseStoredId(id: string): StoredId | undefined {
  const [, identity, hash, name] = /^([0-9a-f]{16}(?:#\d+)?) (\d{1,10}) (.*)$/s.exec(id) ?? []
  return identity === undefined || name === undefined ? undefined : { identity, hash: Number(hash), name }
}

/** The identity in a stored id; the id itself where it has none. */
export function identityIn(id: string): string {
  return parseStoredId(id)?.identity ?? id
}

function essence({ protocol, host, pathname, search }: URL): string {
  const path = pathname.split('/').map((segment) => (looksLikeToken(segment) ? '' : segment))
  const query = search
    .slice(1)
    .split('&')
    .map((parameter) => {
      const end = parameter.indexOf('=')
      const [name, value] = end < 0 ? ['', parameter] : [parameter.slice(0, end), parameter.slice(end + 1)]
      return `${looksLikeToken(name) ? '' : name}=${CREDENTIAL.test(name) || looksLikeToken(value) ? '' : value}`
    })
  return `${protocol}//${host}${path.join('/')}?${query.join('&')}`
}
