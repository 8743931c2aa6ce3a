/** What the log says of one type of event. */
import type { Event } from '../events.ts'
import type { LogLine } from './line.ts'
import type { LogMessage } from './log-message.ts'

/** The event of one type. */
export type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>

/** An entry of the table of log lines. */
export interface EventLog<E> {
  /** Every message that the entry uses. */
  readonly messages: readonly LogMessage[]
  /** The line of an event; undefined where the log has none. */
  line(event: E): LogLine | undefined
}

/** An entry for every type of event: an event without one does not compile. */
export type EventLogs = { readonly [T in Event['type']]: EventLog<EventOf<T>> }

/** An event that never makes a line. */
export const silent: EventLog<unknown> = { messages: [], line: () => undefined }

/** An entry with `messages`, of which `line` chooses one. */
export function says<E, M extends Readonly<Record<string, LogMessage>>>(
  messages: M,
  line: (event: E, messages: M) => LogLine | undefined,
): EventLog<E> {
  return { messages: Object.values(messages), line: (event) => line(event, messages) }
}
