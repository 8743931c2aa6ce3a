/** Pieces of JSON Schema that several formats share. */
import type { JsonSchema } from '../format.ts'

/** A list of `items`, or the same as one text between commas. */
export function listOf(items: JsonSchema): JsonSchema {
  return { anyOf: [{ type: 'array', items }, { type: 'string' }] }
}
