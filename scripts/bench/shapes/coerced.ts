/** A trade whose JSON is not quite its schema: the encoder must leave out, fill in and choose branches. */
import type { Shape } from './shape.ts'

/** Symbol, a price that is whole every second time, and a volume; their texts are of one length. */
const QUOTES = [
  ['AAPL', '164', 5],
  ['MSFT', '2.5', 1],
  ['AMZN', '102', 9],
  ['NVDA', '7.3', 3],
] as const

type Quote = (typeof QUOTES)[number]

const SCHEMA = {
  type: 'record',
  name: 'LooseTrade',
  namespace: 'tributary.bench',
  fields: [
    { name: 'price', type: ['null', 'double'], default: null },
    { name: 'symbol', type: 'string' },
    { name: 'volume', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'venue', type: 'int', default: 7 },
    { name: 'currency', type: 'string', default: 'USD' },
    { name: 'conditions', type: { type: 'array', items: 'string' }, default: [] },
    { name: 'limits', type: { type: 'map', values: 'double' } },
    { name: 'session', type: ['null', { type: 'enum', name: 'Session', symbols: ['REGULAR', 'LATE'] }], default: null },
    {
      name: 'origin',
      type: {
        type: 'record',
        name: 'Origin',
        fields: [
          { name: 'source', type: 'int' },
          { name: 'seq', type: ['null', 'long'], default: null },
          { name: 'shard', type: ['null', 'int'], default: null },
        ],
      },
    },
  ],
} as const

/** Undeclared: `raw`, `flags`, `origin.host`. Missing: `note`, `venue`, `currency`, `conditions`, `origin.shard`. Whole numbers in doubles. */
export const coerced: Shape = {
  help: 'trades that the encoder has to fit: unions, whole numbers in doubles, defaults, undeclared fields',
  schema: SCHEMA,
  round: QUOTES.length,
  text: ({ source, seq }) => {
    const [symbol, price, volume] = QUOTES[seq % QUOTES.length] as Quote
    const [session, limits] =
      seq % 2 === 0 ? ['null    ', '{"low":1,"high":900}'] : ['"LATE"  ', '{"low":0.5,"high":9}']
    return `{"raw":{"a":[1,2,3],"b":"x"},"flags":["t","u"],"price":${price},"symbol":"${symbol}","volume":${volume},"session":${session},"limits":${limits},"origin":{"host":"edge-7","source":${source},"seq":${seq}}}`
  },
  document: ({ source, seq }) => {
    const [symbol, price, volume] = QUOTES[seq % QUOTES.length] as Quote
    return {
      price: Number(price),
      symbol,
      volume,
      note: null,
      venue: 7,
      currency: 'USD',
      conditions: [],
      limits: seq % 2 === 0 ? { low: 1, high: 900 } : { low: 0.5, high: 9 },
      session: seq % 2 === 0 ? null : 'LATE',
      origin: { source, seq, shard: null },
    }
  },
  positionOf: ({ origin }) => {
    const { source, seq } = (origin ?? {}) as Record<string, unknown>
    return { source: Number(source), seq: Number(seq) }
  },
}
