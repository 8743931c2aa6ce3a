/** A record as a NATS message: the value as it is, all else in headers. */

import type { KafkaRecord } from '../model.ts'
import { headers, type MsgHdrs } from './nats-library.ts'

/** What a message says in headers besides those of the record. */
export const natsHeaders = { key: 'tributary-key', timestamp: 'tributary-timestamp' } as const
/** Ends the name of a header whose value is in base64, because a header line cannot hold it. */
export const BASE64 = '-base64'
/** Readers take blanks at both ends away. */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/

/** The headers of a message: the key, the time in milliseconds since the epoch, and the headers of the record. */
export function messageOf({ key, timestamp, headers: own = [] }: KafkaRecord): MsgHdrs {
  const all = headers()
  if (key !== null) append(all, natsHeaders.key, key)
  all.append(natsHeaders.timestamp, `${timestamp}`)
  for (const [name, value] of own) append(all, name, value)
  return all
}

function append(all: MsgHdrs, name: string, value: Buffer): void {
  const text = value.toString('latin1')
  if (PLAIN.test(text)) all.append(name, text)
  else all.append(`${name}${BASE64}`, value.toString('base64'))
}
