/** Messages that share a socket with data and are none: what an open endpoint may see, rotated in a fixed order. */

/** A text frame for a string, a binary frame for a Buffer. */
export type Garbage = string | Buffer

const DEPTH = 20_000
const SHADOW = {
  symbol: 'AAPL',
  start_timestamp: '2025-01-19T12:34:56Z',
  trade_event_id: 'x',
  device_id: 'x',
  did: 'x',
}

/** None of these fits a schema of this project. Broken UTF-8 travels in binary frames, as a text frame would end the connection (1007). */
export const GARBAGE: readonly [Garbage, ...Garbage[]] = [
  '{"type":"ping"}',
  '{"id":1,"result":null}',
  '{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":null}',
  '{"e":"trade","E":1737290096789,"s":"BTCUSDT","t":12345,"p":"104000.01","q":"0.00100000","T":1737290096788,"m":true,"M":true}',
  '{"type":"ticker","product_id":"ETH-USD","price":"3201.5","sequence":37475248783,"time":"2025-01-19T12:34:56.789012Z"}',
  '[42,[["5541.20000","0.15850568","1534614057.321597","s","l",""]],"trade","XBT/USD"]',
  '{"data":[{"c":["1","12"],"p":164.06,"s":"AAPL","t":1680286537580,"v":5}],"type":"trade"}',
  Buffer.from('7b2273796d626f6c223a22c328ff227d', 'hex'),
  `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  JSON.stringify({ stand_in: SHADOW }).replace('stand_in', '__proto__'),
  JSON.stringify({ constructor: { prototype: SHADOW } }),
  '{"symbol":"AAPL","tradeData":{"Price":1e400',
  '',
  'Hello',
  'null',
  '-0',
  '"data"',
  '\u0000\ufeff{}',
  '{"start_timestamp":1,"symbol":null,"trade_event_id":[],"data":"x","device_id":{},"timestamp":"soon"}',
]

/** The n-th piece of garbage, from 0. */
export function garbageAt(index: number): Garbage {
  return GARBAGE[index % GARBAGE.length] ?? GARBAGE[0]
}
