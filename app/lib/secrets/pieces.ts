/** What of the text of a secret setting is secret, and what is not. */
import { exactText, parseExact } from '../exact-json.ts'
import { parseList } from '../list.ts'
import { printable } from '../printable.ts'
import { secretsInUrl, type UrlPaths } from '../redact-url.ts'
import { isOrdinary } from './ordinary.ts'
import { decoded } from './token-like.ts'

/** What is shorter is more likely a word that means something else as well. */
const LEAST_LENGTH = 4
/** A number in JSON is no secret unless it has as many digits. */
const LEAST_DIGITS = 8
/** Of values in JSON, and of JSON in strings of JSON: no setting nests deeper. */
const DEEPEST_JSON = 64
/** Names of fields and headers whose values are secret, whatever they are. */
const SECRET_NAME = /key$|token|secret|passw|passc|pwd|auth|signature|credential|jwt/i

/** `names`: host names of URLs, which are no secret. */
export interface Pieces {
  readonly secrets: ReadonlySet<string>
  readonly names: ReadonlySet<string>
}

/**
 * Takes the text of a setting apart: the values in JSON, at any depth, but not their names; of URLs what `redactUrl` hides;
 * of `user:password` both, of `Bearer x` and `name=x` the x, of `Basic` credentials what they encode; and each whole value.
 */
export function piecesOf(text: string, paths: UrlPaths): Pieces {
  const secrets = new Set<string>()
  const names = new Set<string>()
  // `isSure`: where it stands only a secret stands, so that even a word of protocols is one.
  const add = (piece: string, isSure = false): void => {
    // What is shown was made printable before.
    for (const form of [piece, printable(piece, Buffer.byteLength(piece))]) {
      if (form.length >= LEAST_LENGTH && (isSure || !isOrdinary(form))) secrets.add(form)
    }
  }
  const take = (value: string, depth: number, isSure: boolean): void => {
    const trimmed = value.trim()
    if (depth > DEEPEST_JSON || trimmed === '') return
    const json = /^[[{"]/.test(trimmed) ? parseExact(trimmed) : undefined
    if (json !== undefined) return walk(json, depth, false)
    const urls = urlsIn(trimmed)
    if (urls) return urls.forEach(takeUrl)
    add(trimmed, isSure)
    const [, user, password] = /^([^\s:]+):(.+)$/.exec(trimmed) ?? []
    if (user !== undefined) take(user, depth + 1, false)
    for (const part of [...valuesIn(trimmed), password ?? '']) take(part, depth + 1, isSure)
  }
  const takeUrl = (url: string): void => {
    for (const piece of secretsInUrl(url, paths)) add(piece)
    if (!URL.canParse(url)) return
    const { hostname, password } = new URL(url)
    names.add(hostname)
    for (const form of [password, decoded(password)]) add(form, true)
  }
  const walk = (json: unknown, depth: number, isSure: boolean): void => {
    if (typeof json === 'string') return take(json, depth + 1, isSure)
    const digits = exactText(json)
    if (digits !== undefined && digits.length >= LEAST_DIGITS) add(digits)
    if (digits !== undefined || typeof json !== 'object' || json === null || depth > DEEPEST_JSON) return
    for (const [name, value] of Object.entries(json)) walk(value, depth + 1, SECRET_NAME.test(name))
  }
  take(text, 0, true)
  return { secrets, names }
}

function urlsIn(text: string): string[] | undefined {
  const items = parseList(text)
  return items?.length && items.every((item) => /^[a-z][a-z0-9+.-]*:\/\//i.test(item)) ? items : undefined
}

/** The values in text of a known form; none in free text, whose words mean other things as well. */
function valuesIn(text: string): string[] {
  const lines = text.split(/[\r\n]+/)
  if (lines.length > 1) return lines
  return [...afterScheme(text), ...valuesOf(text)]
}

/** `Bearer x`, `Basic x`, and whatever else two words may be. */
function afterScheme(text: string): string[] {
  const [scheme = '', credentials, ...more] = text.split(/\s+/)
  if (credentials === undefined || more.length > 0) return []
  const isBasic = scheme.toLowerCase() === 'basic'
  return isBasic ? [credentials, Buffer.from(credentials, 'base64').toString()] : [credentials]
}

/** `name=x; other=y`. */
function valuesOf(text: string): string[] {
  const values = text.split(/[;&,]\s*/).map((pair) => /^[^\s=]+=(.+)$/.exec(pair)?.[1]?.replace(/^"(.*)"$/, '$1'))
  return values.every((value) => value !== undefined) ? values : []
}
