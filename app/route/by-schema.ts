/** Routes to the topic and subject of the feed's schema, with a key by the feed's rule. */
import { Rejected } from '../errors.ts'
import { ExactNumber, plainNumberText } from '../lib/json-value.ts'
import { murmur2 } from '../lib/murmur2.ts'
import { ownValue } from '../lib/own-value.ts'
import type { Destination, Document, Message, Router, SourceInfo } from '../model.ts'

type Route = Router['route']

/** How a feed's records get their key. `source`: no key; the hash of the source selects the partition. */
export type KeyRule =
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'source' }

/** The parsed key settings. */
export interface KeySettings {
  readonly key: string | undefined
  readonly keyField: readonly string[] | undefined
}

/** Returns the key rule of the settings; a field overrides a constant. */
export function keyRule({ key: value, keyField: path }: KeySettings): KeyRule {
  if (path) return { kind: 'field', path }
  return value === undefined ? { kind: 'source' } : { kind: 'constant', value }
}

/**
 * Returns a router to the topic `schema` with the subject `<schema>-value`.
 * A key field is found by its path of own properties. Keys are strings unchanged, booleans as `true` or `false`, and numbers as exact decimal
 * text, independent of notation; other values throw `Rejected` (`no_key`). Without a key the source selects the partition, which
 * keeps the order of each source.
 */
export function bySchema({ schema, key }: { readonly schema: string; readonly key: KeyRule }): Router {
  const topic = schema
  const subject = `${schema}-value`
  const to = (bytes: Buffer | null, hash: number): Destination => ({ topic, subject, key: bytes, hash })
  const keyed = (text: string): Destination => {
    const bytes = Buffer.from(text, 'utf8')
    return to(bytes, murmur2(bytes))
  }
  return { topics: [topic], subjects: [subject], route: routeFor(key, keyed, to) }
}

function routeFor(
  key: KeyRule,
  keyed: (text: string) => Destination,
  to: (bytes: Buffer | null, hash: number) => Destination,
): Route {
  switch (key.kind) {
    case 'constant': {
      const shared = keyed(key.value)
      return () => shared
    }
    case 'field':
      return (document) => keyed(keyTextOf(document, key.path))
    case 'source':
      return perSource((source) => to(null, source.hash))
  }
}

function perSource(make: (source: SourceInfo) => Destination): Route {
  const known = new WeakMap<SourceInfo, Destination>()
  return (_document: Document, { source }: Message) => {
    const destination = known.get(source)
    if (destination) return destination
    const made = make(source)
    known.set(source, made)
    return made
  }
}

function keyTextOf(document: Document, path: readonly string[]): string {
  const value = ownValue(document, path)
  if (typeof value === 'string') {
    // Different ill-formed strings would have the same bytes.
    return value.isWellFormed() ? value : noKey(path, 'text that UTF-8 cannot hold')
  }
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value)
  if (value instanceof ExactNumber) return plainNumberText(value) ?? noKey(path, 'a number too long to be read')
  if (typeof value === 'number') return noKey(path, 'a number beyond what can be read')
  return noKey(path, 'missing or neither text, number nor boolean')
}

function noKey(path: readonly string[], fault: string): never {
  throw new Rejected('no_key', `the key field is ${fault}`, { path: path.join('.') })
}
