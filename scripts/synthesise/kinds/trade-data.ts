/** Invented trades: a random walk per symbol, in the six fields that plain trades, credentials and Finnhub share. */
import type { Random } from '../random.ts'

/** One trade, keys sorted. */
export interface TradeData {
  /** Milliseconds since the epoch. */
  readonly Event_Timestamp: number
  readonly Price: number
  readonly Symbol: string
  /** The upstream turns null into an empty list. */
  readonly Trade_Condition: readonly string[]
  /** UUID. */
  readonly Trade_Id: string
  readonly Volume: number
}

const SHARES: readonly [string, ...string[]] = ['AAPL', 'AMZN', 'GOOGL', 'MSFT', 'NVDA', 'TSLA']
const COINS: readonly [string, ...string[]] = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT']
const CONDITIONS: readonly [readonly string[], ...(readonly string[])[]] = [[], ['1'], ['1', '12'], ['1', '8', '24']]

/** Answers with the next trade at `ms`; coins trade in volumes as small as 1e-7, and a price may be a whole number. */
export function createTrades(random: Random): (ms: number, symbol?: string) => TradeData {
  const prices = new Map<string, number>()
  return (ms, wanted) => {
    const symbol = wanted ?? random.pick(random.unit() < 0.7 ? SHARES : COINS)
    const coin = symbol.includes(':')
    const last = prices.get(symbol) ?? random.whole(10_000, coin ? 9_000_000 : 50_000)
    const cents = Math.max(1, last + random.whole(-25, 25))
    prices.set(symbol, cents)
    return {
      Event_Timestamp: ms,
      Price: cents / 100,
      Symbol: symbol,
      Trade_Condition: coin ? [] : random.pick(CONDITIONS),
      Trade_Id: random.uuid(),
      Volume: coin ? random.whole(1, 10 ** random.whole(1, 8)) / 1e7 : random.whole(1, 500),
    }
  }
}
