/** Deliveries in all the spellings of their senders, brought to the one of the schema `sessions`. */
import { Rejected } from '../errors.ts'
import { decimalOf, wholeDigits } from '../lib/decimal.ts'
import { numberText } from '../lib/json-value.ts'
import type { Document } from '../model.ts'
import { toTimestamp } from './timestamp.ts'

/** Most digits of a number that is written out. */
const MOST_ORDER_ID_DIGITS = 100

/**
 * `order_number` becomes `order_id` unless that is there already; a whole number in it becomes its decimal string.
 * `timestamp` becomes `2025-01-19T12:34:56.789Z`, whatever spelling `instantOf` reads; one that is missing is left to the schema.
 * A document that is in this form already is returned as it is.
 * Throws `Rejected` (`bad_value`, path `timestamp`) for a timestamp that is none.
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

/** The digits of a whole number; other values stay as they are, for the schema to judge. */
function orderIdText(id: unknown): unknown {
  const read = decimalOf(numberText(id) ?? '')
  const digits = read && wholeDigits(read, MOST_ORDER_ID_DIGITS)
  return digits === undefined ? id : `${read?.negative && digits !== '0' ? '-' : ''}${digits}`
}
