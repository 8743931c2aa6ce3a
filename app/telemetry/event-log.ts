/** An entry in the table of log lines. */
import type { Event } from '../events.ts'
import type { LogLine } from './line.ts'
import type { LogMessage } from './log-message.ts'

/** The event of one type. */
export type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>

/** An entry of the table of log lines. */
export interface EventLog<E> {
  /** All messages of the entry. */
  readonly messages: readonly LogMessage[]
  /** The line of an event; undefined where the log has none. */
  line(event: E): LogLine | undefined
}

/** An entry for every type of event. A missing entry does not compile. */
export type EventLogs = { readonly [T in Event['type']]: EventLog<EventOf<T>> }

/** An event that never makes a line. */
export const silent: EventLog<unknown> = { messages: [], line: () => undefined }

/** An entry with `messages`; `line` chooses among them. */
export function says<E, M extends Readonly<Record<string, LogMessage>>>(
  messages: M,
  line: (event: E, messages: M) => LogLine | undefined,
): EventLog<E> {
  return { messages: Object.values(messages), line: (event) => line(event, messages) }
}
