/** The kinds of source. A new kind needs a file and a line here. */
import type { Source } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings, Values } from '../settings/setting.ts'
import type { WebSocketOptions } from './options.ts'
import { checkWebsocket, websocketSettings } from './settings.ts'

/** Inputs of a source besides its settings. Dialling starts when `receive` is pulled. */
export type SourceGround = Pick<WebSocketOptions, 'headers' | 'openMessages'> &
  Omit<WebSocketOptions, keyof Values<typeof websocketSettings>>

const source = <S extends Settings>(declared: Kind<Source, S, SourceGround>) => declared

export const sources = {
  websocket: source({
    help: 'dials a ws:// or wss:// URL',
    settings: websocketSettings,
    check: checkWebsocket,
    load: async () => {
      const { websocket } = await import('./websocket.ts')
      return (values, ground) => websocket({ ...values, ...ground })
    },
  }),
}
