/** The message of the flood: 85 bytes of JSON, a function of its source and its place in that source's order. */

/** Sources and sequences begin here, so that their digits are always as many. */
export const FIRST_SOURCE = 100
export const FIRST_SEQUENCE = 10_000_000
/** As many as keep their number of digits. */
export const MOST_SOURCES = 900
export const MOST_SEQUENCES = 90_000_000

/** `t` is this plus the sequence, milliseconds since the epoch. */
const FIRST_TIME = 1_680_000_000_000

/** Symbol, price and volume go round with the sequence; their texts are of one length. */
const QUOTES = [
  ['AAPL', '164.06', 5],
  ['MSFT', '287.18', 1],
  ['AMZN', '102.37', 9],
  ['NVDA', '273.83', 3],
  ['TSLA', '195.28', 7],
  ['META', '207.84', 2],
  ['NFLX', '338.43', 8],
  ['INTC', '132.89', 4],
] as const
export const QUOTES_ROUND = QUOTES.length

/** One trade, as the schema declares it and in its order. */
export interface Trade {
  readonly p: number
  readonly s: string
  readonly t: number
  readonly v: number
  readonly venue: number
  readonly source: number
  readonly seq: number
}

/** The Avro schema of `Trade`. */
export const TRADE_SCHEMA = {
  type: 'record',
  name: 'Trade',
  namespace: 'tributary.bench',
  fields: [
    { name: 'p', type: 'double' },
    { name: 's', type: 'string' },
    { name: 't', type: 'long' },
    { name: 'v', type: 'double' },
    { name: 'venue', type: 'int' },
    { name: 'source', type: 'int' },
    { name: 'seq', type: 'long' },
  ],
} as const

/** The trade at `seq` (from FIRST_SEQUENCE) of `source` (from FIRST_SOURCE). */
export function tradeOf(source: number, seq: number): Trade {
  const [s, price, v] = QUOTES[seq % QUOTES_ROUND] as (typeof QUOTES)[number]
  return { p: Number(price), s, t: FIRST_TIME + seq, v, venue: 1, source, seq }
}

/** The same as JSON text. The sequence stands in it twice: as the last digits of `t` and of the text. */
export function tradeText(source: number, seq: number): string {
  const [s, price, v] = QUOTES[seq % QUOTES_ROUND] as (typeof QUOTES)[number]
  return `{"p":${price},"s":"${s}","t":${FIRST_TIME + seq},"v":${v},"venue":1,"source":${source},"seq":${seq}}`
}

/** How many of `count` messages each of `sources` sends: the first ones one more when it does not divide. */
export function shares(count: number, sources: number): number[] {
  return Array.from({ length: sources }, (_, at) => Math.floor(count / sources) + (at < count % sources ? 1 : 0))
}
