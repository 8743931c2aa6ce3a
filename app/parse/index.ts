/** The parsers by name. */
import type { Parser } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'

/** Inputs of a parser besides its settings. Each feed has its own parser. */
export interface ParserGround {
  readonly feed: string
  /** Documents that a message may hold. */
  readonly maxDocuments: number
}

const parser = <S extends Settings>(declared: Kind<Parser, S, ParserGround>) => declared

export const parsers = {
  json: parser({
    help: 'one JSON object, or a JSON array of them, in UTF-8',
    settings: {},
    load: async () => (await import('./json.ts')).json,
  }),
  ndjson: parser({
    help: 'JSON texts, one on each line',
    settings: {},
    load: async () => (await import('./ndjson.ts')).ndjson,
  }),
}
