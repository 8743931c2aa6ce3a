/** Loads the YAML library with the first file, since most daemons have none and loading it costs 30 ms. The only importer of yaml. */
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let library: typeof Yaml | undefined

/** The library. Synchronous. */
export function yaml(): typeof Yaml {
  library ??= createRequire(import.meta.url)('yaml') as typeof Yaml
  return library
}
export type { CST, Document, LineCounter } from 'yaml'
