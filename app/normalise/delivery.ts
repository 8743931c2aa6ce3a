/** Normalises deliveries from different senders to the schema `sessions`. */
import { Rejected } from '../errors.ts'
import { decimalOf, wholeDigits } from '../lib/decimal.ts'
import { numberText } from '../lib/json-value.ts'
import type { Document } from '../model.ts'
import { toTimestamp } from './timestamp.ts'

/** Longer numbers stay numbers. */
const MOST_ORDER_ID_DIGITS = 100

/**
 * Renames `order_number` to `order_id` unless `order_id` exists, and writes whole numbers in it as decimal strings.
 * Converts `timestamp`, in any format that `instantOf` reads, to `2025-01-19T12:34:56.789Z`; the schema judges a missing timestamp.
 * Returns a normalised document unchanged. Throws `Rejected` (`bad_value`, path `timestamp`) for an invalid timestamp.
 */
export function delivery(document: Document): Document {
  return withOrderId(withTimestamp(document))
}

function withTimestamp(document: Document): Document {
  if (!Object.hasOwn(document, 'timestamp')) return document
  const timestamp = toTimestamp(document.timestamp)
  if (timestamp === undefined) {
    throw new Rejected('bad_value', 'timestamp is neither unix time nor a date and time', { path: 'timestamp' })
  }
  return timestamp === document.timestamp ? document : { ...document, timestamp }
}

function withOrderId(document: Document): Document {
  if (Object.hasOwn(document, 'order_id')) {
    const id = orderIdText(document.order_id)
    return id === document.order_id ? document : { ...document, order_id: id }
  }
  if (!Object.hasOwn(document, 'order_number')) return document
  const { order_number, ...others } = document
  return { ...others, order_id: orderIdText(order_number) }
}

/** Returns the decimal string of a whole number; other values unchanged, for the schema to judge. */
function orderIdText(id: unknown): unknown {
  const read = decimalOf(numberText(id) ?? '')
  const digits = read && wholeDigits(read, MOST_ORDER_ID_DIGITS)
  return digits === undefined ? id : `${read?.negative && digits !== '0' ? '-' : ''}${digits}`
}
