/** Messages that are JSON texts, one on each line (NDJSON). */
import { Rejected } from '../errors.ts'
import { Lines, type Message, type Parser } from '../model.ts'
import { json } from './json.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Makes a parser: each line that is not blank is read like a message of its own. One line that cannot be read refuses the message, since a
 * message is the smallest thing that is kept. Throws `Rejected` as the parser of JSON does, and for a message without lines (`not_json`).
 */
export function ndjson(): Parser {
  const parse = json()
  return (message) => {
    const lines = [...splitLines(message.data)].map((data) => parse({ ...message, data }))
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
