/** What the log says of a configuration that is read again, and of feeds that go. */
import type { Event } from '../events.ts'
import type { Line } from './line.ts'

/** The line of such an event; undefined for any other. */
export function reloadLine(event: Event): Line | undefined {
  switch (event.type) {
    case 'config.reloaded':
      return ['info', `the configuration was read again: ${event.changes}`]
    case 'config.refused':
      return ['error', `the configuration was read again and refused, the one before stays in force: ${event.problems}`]
    case 'feed.leaving':
      return [
        'info',
        `feed ${event.feed} is configured no longer: ${event.messages} messages are delivered first`,
        { feed: event.feed },
      ]
    case 'feed.left':
      return ['info', `feed ${event.feed} is gone`, { feed: event.feed }]
    default:
      return undefined
  }
}
