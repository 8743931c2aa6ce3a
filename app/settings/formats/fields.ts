/** Paths of fields in a document. */
import { fieldPath } from '../../lib/field-path.ts'
import { format } from '../format.ts'

/** Names of fields between dots; `\\.` is a dot in a name. */
export const path = format(
  'a dotted path of field names, such as device_id or sensor.id (a dot in a name is written \\.)',
  (given) => {
    return fieldPath(given.trim())
  },
  { schema: { type: 'string' } },
)
