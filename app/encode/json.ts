/** Encodes documents as JSON without schema, registry or framing. */
import { Rejected } from '../errors.ts'
import { stringifyExactly } from '../lib/lossless-json.ts'
import type { Document, Encoder } from '../model.ts'
import type { JsonValues } from './json-settings.ts'

/**
 * Returns an encoder for compact JSON in UTF-8. Numbers keep all of their digits; lone surrogates are escaped.
 * `encode` throws `Rejected`: `bad_number` for a number beyond the readable range, or `too_deep`.
 */
export function jsonEncoder({ schemaFile }: JsonValues): Encoder {
  if (schemaFile !== 'none') throw new Error('schemas from files are not read')
  let holds = 0
  return {
    prepare: async () => {},
    encode: (_subject, document) => Buffer.from(jsonTextOf(document)),
    hold() {
      holds++
      return () => {
        holds--
      }
    },
    fork: () => jsonEncoder({ schemaFile }),
    get isHeld() {
      return holds > 0
    },
    forget() {},
    undeclared: 0,
    schemas: new Map(),
    close: async () => {},
  }
}

function jsonTextOf(document: Document): string {
  const text = stringified(document)
  // JSON.stringify writes infinite numbers as null.
  const path = text.includes('null') ? pathToInfinite(document) : undefined
  if (path === undefined) return text
  throw new Rejected('bad_number', 'a number beyond what can be read', { path: path.join('.') })
}

function stringified(document: Document): string {
  try {
    return JSON.stringify(document)
  } catch (error) {
    if (error instanceof RangeError) throw new Rejected('too_deep', 'nested too deeply to be written as JSON')
    // A normaliser created a bigint.
    return stringifyExactly(document)
  }
}

/** Iterative, because documents may be deep. */
function pathToInfinite(document: Document): readonly string[] | undefined {
  const pending: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: document, path: [] }]
  for (let one = pending.pop(); one; one = pending.pop()) {
    const { value, path } = one
    if (typeof value === 'number' && !Number.isFinite(value)) return path
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'number' || typeof inner === 'object') pending.push({ value: inner, path: [...path, name] })
    }
  }
  return undefined
}
