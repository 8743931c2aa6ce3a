/** The kinds of source. A new one is one file and one line here. */
import type { Kind, Source } from '../model.ts'
import type { WebSocketOptions } from './options.ts'

/** Makes a source; nothing is dialled before `receive` is pulled. */
export type OpenSource = (options: WebSocketOptions) => Source

export const sources = {
  websocket: {
    help: 'dials a ws:// or wss:// URL',
    load: async () => (await import('./websocket.ts')).websocket,
  },
} satisfies Record<string, Kind<OpenSource>>
