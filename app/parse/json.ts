/** Parses messages of JSON in UTF-8. */
import { isUtf8 } from 'node:buffer'
import { Rejected } from '../errors.ts'
import { ExactNumber } from '../lib/json-value.ts'
import { parseExactly } from '../lib/lossless-json.ts'
import { mayHoldExactNumbers } from '../lib/number-scan.ts'
import type { Document, Message, Parser } from '../model.ts'

const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = 0xfeff

/**
 * Returns a parser. A JSON object is the document; a JSON array is returned unchanged (its elements are candidates).
 * Messages that may contain numbers a double cannot represent exactly are parsed by a slower parser that keeps all digits. Skips a
 * byte order mark. Throws `Rejected`: `not_utf8`, `not_json` (also for an empty message), `not_an_object`.
 */
export function json(): Parser {
  return parseJson
}

function parseJson(message: Message): Document | readonly unknown[] {
  const value = parseText(message.data, decodeText(message.data))
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    return value as Document | unknown[]
  }
  const kind = value instanceof ExactNumber ? 'number' : value === null ? 'null' : typeof value
  throw new Rejected('not_an_object', `a JSON ${kind}, not an object`)
}

function decodeText(data: Buffer): string {
  const text = data.toString()
  // Decoding replaces invalid bytes by U+FFFD; only then check the bytes.
  if (text.includes(REPLACEMENT) && !isUtf8(data)) {
    throw new Rejected('not_utf8', `${data.length} bytes that are not UTF-8`)
  }
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

function parseText(data: Buffer, text: string): unknown {
  try {
    return mayHoldExactNumbers(data, text) ? parseExactly(text) : JSON.parse(text)
  } catch {
    // No cause: the engine's error quotes the payload.
    throw new Rejected(
      'not_json',
      text.length === 0 ? 'an empty message' : `${text.length} characters that are not JSON`,
    )
  }
}
