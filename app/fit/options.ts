/** How documents are fitted to a schema. */
import type { BytesForm } from './bytes.ts'
import type { TimeUnit } from './time.ts'

/** The settings of a feed that decide how its documents fit. */
export interface FitOptions {
  /** `safe` converts what keeps its meaning; `none` takes only what has the type of the schema. */
  readonly coerce: 'safe' | 'none'
  /** How text stands for bytes; undefined: no text does. */
  readonly bytes: BytesForm | undefined
  /** The unit of numbers that stand for times; undefined: that of the type. */
  readonly timeUnit: TimeUnit | undefined
}

export const DEFAULT_FIT: FitOptions = { coerce: 'safe', bytes: undefined, timeUnit: undefined }
