/** Removes secrets from events before they are shown. */
import type { Event } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'

/**
 * Fields without secrets: closed sets, and names configured as public. `hide` processes the text of every other field.
 */
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

/** A copy of `event` without secrets, or `event` itself if there are none. */
export function shownEvent(event: Event, secrets: Secrets): Event {
  const feed = 'source' in event ? event.source.feed : 'feed' in event ? event.feed : undefined
  let shown: Record<string, unknown> | undefined
  // No list of fields is allocated: there are several events per batch.
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
