/** Sources over WebSocket as tests need them, and what came of them. */
import type { WebSocketOptions } from '../../app/dial/options.ts'
import { websocket } from '../../app/dial/websocket.ts'
import { SourceLost } from '../../app/errors.ts'
import type { Ended, Message, Source } from '../../app/model.ts'
import { source as info } from './messages.ts'

/** A source for `url` with patient limits; `options` go over them. */
export function sourceOf(url: string, options: Partial<WebSocketOptions> = {}): Source {
  return websocket({
    info: info(url),
    url: async () => url,
    headers: async () => ({}),
    openMessages: async () => [],
    handshakeTimeoutMs: 10_000,
    maxMessageBytes: 1024 * 1024,
    pingIntervalMs: 0,
    silenceTimeoutMs: undefined,
    ignore: [],
    alive: [],
    compression: false,
    ...options,
  })
}

/** One connection, drained: every message, whether it opened, and how it ended. */
export interface Life {
  readonly messages: Message[]
  readonly opened: boolean
  readonly ended: Ended | undefined
  readonly lost: SourceLost | undefined
}

/** Pulls `source` until its connection is over. Anything but `SourceLost` is thrown on. */
export async function live(source: Source, signal: AbortSignal = new AbortController().signal): Promise<Life> {
  const messages: Message[] = []
  let opened = false
  const arrivals = source.receive(signal, () => {
    opened = true
  })
  try {
    while (true) {
      const next = await arrivals.next()
      if (next.done) return { messages, opened, ended: next.value, lost: undefined }
      messages.push(...next.value)
    }
  } catch (error) {
    if (error instanceof SourceLost) return { messages, opened, ended: undefined, lost: error }
    throw error
  }
}
