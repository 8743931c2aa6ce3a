/** Plain trades: `tradeData`, one trade a message. */
import { createClock, formatRfc3339 } from '../clock.ts'
import { createRandom } from '../random.ts'
import type { Stream, StreamOptions } from './kind.ts'
import { createTrades } from './trade-data.ts'

/** Never ends; keys sorted. */
export function* tradeMessages(options: Pick<StreamOptions, 'seed' | 'connection' | 'startAt'>): Stream {
  const random = createRandom('trades', options.seed, options.connection)
  const tick = createClock(random, options.startAt)
  const nextTrade = createTrades(random)
  for (;;) {
    const moment = tick()
    const tradeData = nextTrade(moment.ms)
    const document = {
      start_timestamp: formatRfc3339(moment),
      symbol: tradeData.Symbol,
      tradeData,
      trade_event_id: tradeData.Trade_Id,
    }
    yield { text: JSON.stringify(document), document }
  }
}
