/** A small trade: 85 bytes of JSON that fit their schema as they are. */
import type { Shape } from './shape.ts'

/** `t` is this plus the sequence, milliseconds since the epoch. */
const FIRST_TIME = 1_680_000_000_000

/** Symbol, price and volume go round with the sequence; their texts are of one length. */
const QUOTES = [
  ['AAPL', '64.1', 5],
  ['MSFT', '87.2', 1],
  ['AMZN', '22.4', 9],
  ['NVDA', '73.8', 3],
  ['TSLA', '95.3', 7],
  ['META', '27.8', 2],
  ['NFLX', '38.4', 8],
  ['INTC', '32.9', 4],
] as const

type Quote = (typeof QUOTES)[number]

const SCHEMA = {
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

/** The sequence stands in the text twice: as the last digits of `t` and as `seq`. */
export const small: Shape = {
  help: 'trades of 85 bytes',
  schema: SCHEMA,
  round: QUOTES.length,
  text: ({ source, seq }) => {
    const [s, price, v] = QUOTES[seq % QUOTES.length] as Quote
    return `{"p":${price},"s":"${s}","t":${FIRST_TIME + seq},"v":${v},"venue":1,"source":${source},"seq":${seq}}`
  },
  document: ({ source, seq }) => {
    const [s, price, v] = QUOTES[seq % QUOTES.length] as Quote
    return { p: Number(price), s, t: FIRST_TIME + seq, v, venue: 1, source, seq }
  },
  positionOf: ({ source, seq }) => ({ source: Number(source), seq: Number(seq) }),
}
