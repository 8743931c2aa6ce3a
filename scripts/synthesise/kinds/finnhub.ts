/** Finnhub as it is: silent until the client subscribes, then several trades a message, with pings between. */
import { createClock } from '../clock.ts'
import { createRandom } from '../random.ts'
import type { Stream, StreamOptions } from './kind.ts'
import { createTrades, type TradeData } from './trade-data.ts'

const MAX_TRADES = 5
const PING_SHARE = 0.05

/** Never ends; keys sorted. Without a symbol there are only pings. */
export function* finnhubMessages(options: Pick<StreamOptions, 'seed' | 'connection' | 'startAt' | 'symbols'>): Stream {
  const random = createRandom('finnhub', options.seed, options.connection)
  const tick = createClock(random, options.startAt)
  const nextTrade = createTrades(random)
  for (;;) {
    const [first, ...rest] = options.symbols
    const document =
      first === undefined || random.unit() < PING_SHARE
        ? { type: 'ping' }
        : {
            data: Array.from({ length: random.whole(1, MAX_TRADES) }, () =>
              abbreviate(nextTrade(tick().ms, random.pick([first, ...rest]))),
            ),
            type: 'trade',
          }
    yield { text: JSON.stringify(document), document }
  }
}

/** Takes `{"type":"subscribe"|"unsubscribe","symbol":…}` without an acknowledgement; answers anything else with an error. */
export function subscribeFinnhub(text: string, symbols: Set<string>): string | undefined {
  const request = parseObject(text)
  if (request === undefined) return error('Invalid JSON')
  const { type, symbol } = request
  if (typeof symbol !== 'string' || symbol === '') return error('Invalid symbol')
  if (type === 'subscribe') symbols.add(symbol)
  else if (type === 'unsubscribe') symbols.delete(symbol)
  else return error('Unknown message type')
  return undefined
}

function abbreviate(trade: TradeData) {
  const conditions = trade.Trade_Condition
  return {
    c: conditions.length === 0 ? null : conditions,
    p: trade.Price,
    s: trade.Symbol,
    t: trade.Event_Timestamp,
    v: trade.Volume,
  }
}

function parseObject(text: string): { readonly type?: unknown; readonly symbol?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function error(msg: string): string {
  return JSON.stringify({ msg, type: 'error' })
}
