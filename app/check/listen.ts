/** Dials one URL and listens for a while. */
import { SourceLost, SourceRefused } from '../errors.ts'
import type { Ended, Message, Source } from '../model.ts'

/** Messages kept per URL; the rest are only counted. */
const MOST_KEPT_MESSAGES = 200
const MOST_KEPT_BYTES = 1024 * 1024

/** The result of a dial. Durations are milliseconds. */
export interface Heard {
  /** Time from dial to open; undefined if it never opened. */
  readonly openedAfterMs: number | undefined
  readonly messages: number
  /** The first messages, at least one. */
  readonly kept: readonly Message[]
  /** How the upstream ended the connection, and how long it was open; undefined when the check closed it. */
  readonly end: { readonly by: Ended | SourceLost | SourceRefused; readonly openMs: number } | undefined
}

/** Opens `source`, listens for `waitMs`, and closes it with 1001. Takes at most the handshake timeout, `waitMs`, and a second to close. */
export async function listenTo(source: Source, waitMs: number): Promise<Heard> {
  const leaving = new AbortController()
  const startedAt = performance.now()
  const kept: Message[] = []
  let [messages, bytes] = [0, 0]
  let openedAt: number | undefined
  let timer: NodeJS.Timeout | undefined
  const opened = (): void => {
    openedAt = performance.now()
    timer = setTimeout(() => leaving.abort(), waitMs)
  }
  const take = (message: Message): void => {
    messages++
    if (kept.length >= MOST_KEPT_MESSAGES || (kept.length > 0 && bytes + message.data.length > MOST_KEPT_BYTES)) return
    kept.push(message)
    bytes += message.data.length
  }
  const heard = (by: Ended | SourceLost | SourceRefused): Heard => {
    clearTimeout(timer)
    const end = leaving.signal.aborted ? undefined : { by, openMs: performance.now() - (openedAt ?? startedAt) }
    return { openedAfterMs: openedAt && openedAt - startedAt, messages, kept, end }
  }
  const arrivals = source.receive(leaving.signal, opened)
  try {
    for (;;) {
      const next = await arrivals.next()
      if (next.done) return heard(next.value)
      next.value.forEach(take)
    }
  } catch (error) {
    if (error instanceof SourceLost || error instanceof SourceRefused) return heard(error)
    throw error
  }
}
