/** The WebSocket source: one connection's life as one async generator. */
import type { Ended, Message, Source } from '../model.ts'
import { Connection, type ConnectionOptions, type Target } from './connection.ts'
import { FirstMessage } from './first-message.ts'
import { Intake } from './intake.ts'
import { lifeTest } from './life.ts'
import type { WebSocketOptions } from './options.ts'
import { fixedLimit, Rhythm, type SilenceLimit } from './rhythm.ts'

/** A source that dials `options.url` each time `receive` is called; see `Source` for the contract. */
export function websocket(options: WebSocketOptions): Source {
  const settings = {
    ...options,
    silenceLimit: silenceLimit(options),
    intake: options.intake ?? new Intake(),
    isLife: lifeTest(options.ignore, options.alive),
    first: new FirstMessage(options.quiet, options.quietAfterMs),
  }
  return { info: options.info, receive: (signal, opened) => receive(settings, signal, opened) }
}

function silenceLimit({ silenceTimeoutMs, rhythmBounds }: WebSocketOptions): SilenceLimit | undefined {
  if (silenceTimeoutMs === undefined) return undefined
  return silenceTimeoutMs === 'auto' ? new Rhythm(rhythmBounds) : fixedLimit(silenceTimeoutMs)
}

const NOT_DIALLED: Ended = { code: undefined, detail: '' }

async function* receive(
  options: ConnectionOptions,
  signal: AbortSignal,
  opened: () => void,
): AsyncGenerator<readonly Message[], Ended, void> {
  if (signal.aborted) return NOT_DIALLED
  const target = await targetOf(options)
  if (signal.aborted) return NOT_DIALLED
  const connection = new Connection(target, options, opened)
  const stop = (): void => connection.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (true) {
      const messages = connection.take()
      if (messages.length > 0) yield messages
      else if (connection.closed) return connection.ending()
      else await connection.change()
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await leave(connection)
  }
}

async function targetOf({ url, headers, openMessages }: ConnectionOptions): Promise<Target> {
  return { url: await url(), headers: await headers(), openMessages: await openMessages() }
}

/** Whoever pulls has gone: what still arrives is nobody's, but two connections of one source may never overlap. */
async function leave(connection: Connection): Promise<void> {
  if (!connection.closed) connection.stop()
  while (!connection.closed) {
    connection.take()
    if (!connection.closed) await connection.change()
  }
  connection.leave()
}
