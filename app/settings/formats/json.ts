/** Settings written as JSON. They may hold tokens, so no problem shows them. */
import { exactMembers, exactText } from '../../lib/exact-json.ts'
import { openMessagesIn } from '../../lib/open-messages.ts'
import { type Format, format, refuse } from '../format.ts'

/** A JSON array of messages: strings stay as they are, everything else is sent as JSON. */
export const openMessages: Format<readonly string[], ''> = format(
  'a JSON array of the messages to send, strings as they are and objects as JSON, such as [{"type":"subscribe"}]',
  (given) => {
    const messages = openMessagesIn(given)
    const half = messages?.findIndex((message) => !message.isWellFormed()) ?? -1
    if (half >= 0)
      refuse(`has a text with half of a character (a lone surrogate), which cannot be sent (item ${half + 1})`)
    return messages
  },
  { shown: false, shape: 'json', schema: { type: ['array', 'string'] } },
)

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** A JSON object of HTTP headers: names are tokens (RFC 9110), values strings or numbers. */
export const headers: Format<Readonly<Record<string, string>>, ''> = format(
  'a JSON object of headers, such as {"Authorization":"Bearer …"}',
  (given) => {
    const entries = exactMembers(given)
    if (!entries) return undefined
    const problems = entries.flatMap(([name, content], index) => headerProblem(name, content, index))
    if (problems.length > 0) refuse(...problems)
    return Object.fromEntries(entries.map(([name, content]) => [name, exactText(content) ?? '']))
  },
  {
    shown: false,
    shape: 'json',
    schema: { type: ['object', 'string'], additionalProperties: { type: ['string', 'number'] } },
  },
)

function headerProblem(name: string, content: unknown, index: number): string[] {
  if (!HEADER_NAME.test(name)) return [`has a header name with characters that HTTP does not allow (item ${index + 1})`]
  const text = exactText(content)
  if (text === undefined) return [`must give each header a string as its value; item ${index + 1} has another type`]
  const good = HEADER_VALUE.test(text)
  return good
    ? []
    : [`has a header value with a line end or another character that HTTP does not allow (item ${index + 1})`]
}
