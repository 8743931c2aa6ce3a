/** The documents that simulators send: each says where it is from and which it is, and carries a hash of all it says. */
import { createHash } from 'node:crypto'

/** The Avro schema of every feed of the suite. Field order is wire order: checker/wire.ts relies on it. */
export const FAULT_SCHEMA = {
  type: 'record',
  name: 'FaultEvent',
  namespace: 'io.tributary.faults',
  fields: [
    { name: 'source', type: 'string' },
    { name: 'seq', type: 'long' },
    { name: 'price', type: 'double' },
    { name: 'side', type: ['null', 'string'], default: null },
    { name: 'canary', type: 'string' },
    { name: 'pad', type: 'string' },
    { name: 'sha', type: 'string' },
  ],
} as const

/** One document. `seq` counts the messages of a source from 0, over all of its connections. */
export interface Stamped {
  readonly source: string
  readonly seq: number
  readonly price: number
  readonly side: string | null
  readonly canary: string
  readonly pad: string
  readonly sha: string
}

/** The document number `seq` of `source`, the same each time. */
export function stamp(source: string, seq: number, canary: string, pad: string): Stamped {
  const price = ((seq * 7919) % 1_000_003) / 1_000
  const side = seq % 3 === 0 ? null : seq % 3 === 1 ? 'buy' : 'sell'
  const content = { source, seq, price, side, canary, pad }
  return { ...content, sha: shaOf(content) }
}

/** The hash that a document with this content carries. */
export function shaOf({ source, seq, price, side, canary, pad }: Omit<Stamped, 'sha'>): string {
  return createHash('sha256')
    .update(`${source}|${seq}|${price}|${side}|${canary}|${pad}`)
    .digest('base64url')
    .slice(0, 22)
}
