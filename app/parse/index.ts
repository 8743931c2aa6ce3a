/** The parsers by name: one line each. */
import type { Kind, Parser } from '../model.ts'

/** Each entry loads a maker of parsers: a feed has its own, made again when the schemas it must be exact for change. */
export const parsers = {
  json: {
    help: 'one JSON object, or a JSON array of them, in UTF-8',
    load: async () => (await import('./json.ts')).json,
  },
} as const satisfies Record<string, Kind<() => Parser>>
