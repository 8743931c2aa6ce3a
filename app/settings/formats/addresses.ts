/** Host names, broker lists and URLs. URLs may hold secrets, so problems name the item number only. */
import { parseList } from '../../lib/list.ts'
import { type Format, format, refuse } from '../format.ts'
import { listOf } from './schemas.ts'

const MOST_URLS = 10_000
const LIST = { shown: false, shape: 'list', schema: listOf({ type: 'string' }) } as const
const LIST_FORMS = 'a list (items between commas, or a JSON array of strings)'

/** An address to listen on. */
export const host: Format<string, ''> = format('a host name or an IP address', (given) =>
  /^[A-Za-z0-9_.:-]{1,253}$/.test(given.trim()) ? given.trim() : undefined,
)

/** Kafka brokers as host:port; repeated ones are dropped. */
export const brokers: Format<readonly string[], ''> = format(
  'a list of Kafka brokers as host:port',
  (given) => {
    const items = parseList(given) ?? []
    const problems = items.flatMap((item, index) => brokerProblem(item, index))
    if (problems.length > 0) refuse(...problems)
    return items.length > 0 ? [...new Set(items)] : undefined
  },
  LIST,
)

function brokerProblem(item: string, index: number): string[] {
  const at = `item ${index + 1}`
  if (item.includes('://')) return [`must name brokers as host:port, without a protocol in front (${at})`]
  const [, port] = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})$/.exec(item) ?? []
  const good = Number(port) >= 1 && Number(port) <= 65_535
  return good ? [] : [`must name each broker as host:port, such as kafka:29092; ${at} has no good host or port`]
}

/** An http:// or https:// URL without query and fragment. */
export const httpUrl: Format<URL, ''> = format(
  'an http:// or https:// URL',
  (given) => {
    const url = parseUrl(given.trim(), ['http:', 'https:'])
    if (url && (url.search !== '' || url.hash !== '')) refuse('must be a base URL without ? and #')
    return url
  },
  { shown: false, schema: { type: 'string', format: 'uri' } },
)

/** WebSocket URLs in order, as they were written; repeated ones are kept. */
export const webSocketUrls: Format<readonly string[], ''> = format(
  'a list of ws:// or wss:// URLs',
  (given) => {
    const items = parseList(given) ?? refuse(`must be ${LIST_FORMS}`)
    if (items.length > MOST_URLS) refuse(`holds ${items.length} URLs; a feed may have ${MOST_URLS}`)
    const problems = items.flatMap((item, index) => urlProblem(item, index))
    if (problems.length > 0) refuse(...problems)
    return items.length > 0 ? items : undefined
  },
  LIST,
)

function urlProblem(item: string, index: number): string[] {
  const url = parseUrl(item, ['ws:', 'wss:'])
  if (url === undefined) {
    const comma = index > 0 ? '; if a URL holds a comma, write the list as a JSON array' : ''
    return [`must hold only ws:// or wss:// URLs such as ws://host:4200/ws; item ${index + 1} is not one${comma}`]
  }
  return item.includes('#') ? [`must hold URLs without a fragment; write %23 for the # in item ${index + 1}`] : []
}

function parseUrl(given: string, protocols: readonly string[]): URL | undefined {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url && protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined
}
