/** The WebSocket source: an async generator per connection. */
import type { Ended, Message, Source } from '../model.ts'
import { Connection, type ConnectionOptions, type DialTarget } from './connection.ts'
import { FirstMessage } from './first-message.ts'
import { fixedLimit, LearnedSilence, type SilenceLimit } from './learned-silence.ts'
import { lifeTest } from './life.ts'
import type { WebSocketOptions } from './options.ts'
import { ReadBudget } from './read-budget.ts'

/** Returns a source that dials `options.url` at each `receive` (contract: `Source`). */
export function websocket(options: WebSocketOptions): Source {
  const settings = {
    ...options,
    silenceLimit: silenceLimit(options),
    readBudget: options.readBudget ?? new ReadBudget(),
    isLife: lifeTest(options.ignore, options.alive),
    first: new FirstMessage(options.quiet, options.quietAfterMs),
  }
  return { info: options.info, receive: (signal, opened) => receiveOnce(settings, signal, opened) }
}

function silenceLimit({ silenceTimeoutMs, silenceBounds }: WebSocketOptions): SilenceLimit | undefined {
  if (silenceTimeoutMs === undefined) return undefined
  return silenceTimeoutMs === 'auto' ? new LearnedSilence(silenceBounds) : fixedLimit(silenceTimeoutMs)
}

const NOT_DIALLED: Ended = { code: undefined, detail: '' }

async function* receiveOnce(
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

async function targetOf({ url, headers, openMessages }: ConnectionOptions): Promise<DialTarget> {
  return { url: await url(), headers: await headers(), openMessages: await openMessages() }
}

/** Discards messages until the connection is closed, so that two connections of a source never overlap. */
async function leave(connection: Connection): Promise<void> {
  if (!connection.closed) connection.stop()
  while (!connection.closed) {
    connection.take()
    if (!connection.closed) await connection.change()
  }
  connection.leave()
}
