/** The table of log lines, with an entry for every type of event. */
import type { Event } from '../events.ts'
import { daemonLines, startLines } from './daemon-lines.ts'
import type { EventLog, EventLogs } from './event-log.ts'
import { feedLines } from './feed-lines.ts'
import { kafkaLines } from './kafka-lines.ts'
import type { LogLine } from './line.ts'
import type { LogMessage } from './log-message.ts'
import { sourceLines } from './source-lines.ts'

export const eventLogs = { ...daemonLines, ...feedLines, ...sourceLines, ...kafkaLines } satisfies EventLogs

/** All messages of the log, grouped by subject. */
export const logMessages: Readonly<Record<string, readonly LogMessage[]>> = {
  'The daemon and its configuration': [...messagesOf(daemonLines), ...Object.values(startLines)],
  Feeds: messagesOf(feedLines),
  Sources: messagesOf(sourceLines),
  'Kafka and the schema registry': messagesOf(kafkaLines),
}

/** The line of an event; undefined where the log has none. */
export function lineOf(event: Event): LogLine | undefined {
  // The compiler cannot match the entry to the event's type.
  const entry: EventLog<never> = eventLogs[event.type]
  return (entry as EventLog<Event>).line(event)
}

function messagesOf(logs: Readonly<Record<string, EventLog<never>>>): LogMessage[] {
  return Object.values(logs).flatMap(({ messages }) => messages)
}
