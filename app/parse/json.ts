/** Messages that are JSON in UTF-8. */
import { isUtf8 } from 'node:buffer'
import { Rejected } from '../errors.ts'
import type { Document, Message, Parser } from '../model.ts'

const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = 0xfeff

/**
 * Makes a parser: a JSON object is the document, a JSON array is returned as it is (its elements are candidates).
 * A byte order mark is skipped. Throws `Rejected`: `not_utf8`, `not_json` (an empty message too), `not_an_object`.
 */
export function json(): Parser {
  return parseJson
}

function parseJson(message: Message): Document | readonly unknown[] {
  const value = parseText(textOf(message.data))
  if (typeof value !== 'object' || value === null) {
    throw new Rejected('not_an_object', `a JSON ${value === null ? 'null' : typeof value}, not an object`)
  }
  return value as Document | unknown[]
}

function textOf(data: Buffer): string {
  const text = data.toString('utf8')
  // Decoding puts U+FFFD where bytes are broken; only then are the bytes looked at a second time.
  if (text.includes(REPLACEMENT) && !isUtf8(data)) {
    throw new Rejected('not_utf8', `${data.length} bytes that are not UTF-8`)
  }
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No cause: the engine's error quotes its input.
    throw new Rejected(
      'not_json',
      text.length === 0 ? 'an empty message' : `${text.length} characters that are not JSON`,
    )
  }
}
