/** How documents are fitted to a schema. */
import type { BytesForm } from './bytes.ts'
import type { TimeUnit } from './time.ts'

/** Settings of a feed for fitting documents. */
export interface FitOptions {
  /** `safe` converts values without changing their meaning; `none` accepts only values of the schema's type. */
  readonly coerce: 'safe' | 'none'
  /** How text represents bytes; undefined: no text does. */
  readonly bytes: BytesForm | undefined
  /** The unit of numbers in time fields; undefined: the unit of the type. */
  readonly timeUnit: TimeUnit | undefined
}

export const DEFAULT_FIT: FitOptions = { coerce: 'safe', bytes: undefined, timeUnit: undefined }
