/** All registries, and the configuration's type, which follows from what they declare. Loads no kind. */
import type { Kinds } from './config/kinds.ts'
import type { ConfigOf, FeedConfigOf } from './config/types.ts'
import { sources } from './dial/index.ts'
import { encoders } from './encode/index.ts'
import { lanes } from './lane/index.ts'
import { normalisers } from './normalise/index.ts'
import { parsers } from './parse/index.ts'
import { presets } from './presets/index.ts'
import { sinks } from './produce/index.ts'
import { replaced } from './replaces/index.ts'
import { routers } from './route/index.ts'

export const kinds = {
  sources,
  parsers,
  normalisers,
  routers,
  encoders,
  lanes,
  sinks,
  presets,
  replaced,
} satisfies Kinds

export type FeedConfig = FeedConfigOf<typeof kinds>
export type Config = ConfigOf<typeof kinds>
