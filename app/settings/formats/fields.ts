/** Where in a document something is. */
import { format } from '../format.ts'

/** Names of fields between dots. */
export const path = format(
  'a dotted path of field names, such as device_id or sensor.id',
  (given) => {
    const names = given.trim().split('.')
    return names.every((name) => name !== '') ? names : undefined
  },
  { schema: { type: 'string' } },
)
