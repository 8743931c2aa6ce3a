/** What a source goes by in what outlives the process: the same for the same URL in every process, wherever it stands in a list. */
import { hash } from 'node:crypto'
import { looksLikeToken } from './secrets/token-like.ts'

const IDENTITY_DIGITS = 16
/** Names of query parameters whose values are credentials, or change with each signature. */
const CREDENTIAL =
  /token|secret|passw|signature|credential|session|nonce|timestamp|expires|^(auth|authorization|sig|pwd|jwt|bearer)$|(api|access|auth|listen|client)[-_.]?key$/i

/** The parts of a stored id. `name` has no secret, and is what to show of a source that is configured no longer. */
export interface StoredId {
  readonly identity: string
  /** Partition hash. */
  readonly hash: number
  readonly name: string
}

/**
 * A hash of what `url` asks for, to be stored and never shown. Query values count. User info does not, nor do the parts that look
 * like tokens, the values of parameters with names of credentials, and the fragment: a new token is the same source.
 */
export function identityOf(url: string): string {
  return hash('sha256', URL.canParse(url) ? essence(new URL(url)) : url).slice(0, IDENTITY_DIGITS)
}

/** What a lane keeps beside a message. */
export function storedId({ identity, hash, name }: StoredId): string {
  return `${identity} ${hash} ${name}`
}

/** Undefined for an id of another form, such as those that 0.1.0 stored. */
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
