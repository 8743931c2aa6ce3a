/** Parses messages of JSON texts separated by line feeds (NDJSON). */
import { tooMany } from '../documents.ts'
import { Rejected } from '../errors.ts'
import { Lines, type Message, type Parser } from '../model.ts'
import type { ParserGround } from './index.ts'
import { json } from './json.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Returns a parser that parses each line, except blank lines, as a JSON message. An invalid line refuses the whole message, because dead
 * letters contain whole messages. Throws `Rejected` like the JSON parser, `not_json` for a message without lines, and
 * `too_many_documents` for one with too many.
 */
export function ndjson(_values: object, { maxDocuments }: Pick<ParserGround, 'maxDocuments'>): Parser {
  const parse = json()
  return (message) => {
    const lines: unknown[] = []
    for (const data of splitLines(message.data)) {
      if (lines.length === maxDocuments) throw tooMany(maxDocuments)
      lines.push(parse({ ...message, data }))
    }
    if (lines.length === 0) throw new Rejected('not_json', 'an empty message')
    return new Lines(lines)
  }
}

function* splitLines(data: Message['data']): Generator<Buffer> {
  for (let from = 0; from < data.length; ) {
    const feed = data.indexOf(LINE_FEED, from)
    const end = feed < 0 ? data.length : feed
    const line = data.subarray(from, data[end - 1] === CARRIAGE_RETURN ? end - 1 : end)
    if (line.some((byte) => byte !== 0x20 && byte !== 0x09)) yield line
    from = end + 1
  }
}
