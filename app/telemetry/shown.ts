/** Events as they may be shown: what came from outside, or holds what did, is without secrets. */
import type { Event } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'

/** Fields with names of ours: closed sets, and what was configured as no secret. The text of every other field passes through `hide`. */
export const NAMES: ReadonlySet<string> = new Set([
  'type',
  'feed',
  'sourceId',
  'topic',
  'subject',
  'deadLetter',
  'reason',
  'sink',
  'version',
  'signal',
  'host',
])

/** `event` without secrets: itself where it holds none. */
export function shownEvent(event: Event, secrets: Secrets): Event {
  const feed = 'source' in event ? event.source.feed : 'feed' in event ? event.feed : undefined
  let shown: Record<string, unknown> | undefined
  // Without a list of its fields: there are several events for each batch of messages.
  for (const name in event) {
    const value: unknown = event[name as keyof Event]
    if (typeof value !== 'string' || NAMES.has(name)) continue
    const text = secrets.hide(value, feed)
    if (text === value) continue
    shown ??= { ...event }
    shown[name] = text
  }
  return (shown as Event | undefined) ?? event
}
