/** Deliveries in all the spellings of their senders, brought to the one of the schema `sessions`. */
import { Rejected } from '../errors.ts'
import type { Document } from '../model.ts'
import { toTimestamp } from './timestamp.ts'

/**
 * `order_number` becomes `order_id` unless that is there already; a whole number in it becomes its decimal string.
 * `timestamp` becomes `2025-01-19T12:34:56.789Z`; one that is missing is left to the schema.
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
    throw new Rejected('bad_value', 'timestamp is neither unix time nor ISO 8601', { path: 'timestamp' })
  }
  return timestamp === document.timestamp ? document : { ...document, timestamp }
}

function withOrderId(document: Document): Document {
  if (Object.hasOwn(document, 'order_id')) {
    const id = document.order_id
    return typeof id === 'number' ? { ...document, order_id: decimal(id) } : document
  }
  if (!Object.hasOwn(document, 'order_number')) return document
  const { order_number, ...others } = document
  return { ...others, order_id: decimal(order_number) }
}

/** Numbers that JSON may have rounded stay numbers, for the schema to refuse. */
function decimal(id: unknown): unknown {
  return Number.isSafeInteger(id) ? String(id) : id
}
