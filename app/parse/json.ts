/** Messages that are JSON in UTF-8. */
import { isUtf8 } from 'node:buffer'
import { Rejected } from '../errors.ts'
import { ExactNumber } from '../lib/json-value.ts'
import { parseExactly } from '../lib/lossless-json.ts'
import { mayHoldExactNumbers } from '../lib/number-scan.ts'
import type { Document, Message, Parser } from '../model.ts'

const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = 0xfeff

/**
 * Makes a parser: a JSON object is the document, a JSON array is returned as it is (its elements are candidates).
 * Only a message that may hold a number that no double says exactly is read in the slower way that keeps digits. A byte order mark is skipped. Throws `Rejected`: `not_utf8`, `not_json` (an empty message too), `not_an_object`.
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
  // Decoding puts U+FFFD where bytes are broken; only then are the bytes looked at a second time.
  if (text.includes(REPLACEMENT) && !isUtf8(data)) {
    throw new Rejected('not_utf8', `${data.length} bytes that are not UTF-8`)
  }
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

function parseText(data: Buffer, text: string): unknown {
  try {
    return mayHoldExactNumbers(data, text) ? parseExactly(text) : JSON.parse(text)
  } catch {
    // No cause: the engine's error quotes its input.
    throw new Rejected(
      'not_json',
      text.length === 0 ? 'an empty message' : `${text.length} characters that are not JSON`,
    )
  }
}
