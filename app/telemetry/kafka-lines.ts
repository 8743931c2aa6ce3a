/** What the log says of Kafka, and of its clock. */
import type { Event } from '../events.ts'
import { clockText, TOLERANCE_MS } from '../lib/clock.ts'
import { type Line, seconds } from './line.ts'

/** The line of an event about Kafka; undefined for all others, and for those that are not said. */
export function kafkaLine(event: Event): Line | undefined {
  switch (event.type) {
    case 'kafka.connected':
      return [
        'info',
        event.lostMs > 0
          ? `${named(event)} answers again after ${seconds(event.lostMs)}`
          : `${named(event)} is connected`,
      ]
    case 'kafka.lost':
      return event.waitedMs > 0
        ? ['warn', `${named(event)} has not answered a request for ${seconds(event.waitedMs)}`]
        : ['debug', `${named(event)} is lost: ${event.detail}`]
    case 'kafka.throttled':
      return [
        'warn',
        `Kafka throttles topic ${event.topic} for ${seconds(event.throttleMs)}: this client has used up a quota (producer_byte_rate or request_percentage); records wait`,
      ]
    case 'clock.differs':
      return clockLine(event)
    case 'produce.held':
      return event.first ? heldLine(event) : undefined
    case 'produce.resumed':
      return ['info', `${named(event)} takes ${event.topic}[${event.partition}] again after ${seconds(event.heldMs)}`]
    case 'producer.rebuilt':
      return ['debug', `the Kafka client was replaced: ${event.detail}`]
    default:
      return undefined
  }
}

function named({ system = 'Kafka' }: { readonly system?: string | undefined }): string {
  return system
}

function heldLine(event: Extract<Event, { type: 'produce.held' }>): Line {
  const { topic, partition, detail, reason } = event
  return [
    'warn',
    `${named(event)} does not take ${topic}[${partition}]: ${detail}; holding and trying again`,
    { reason },
  ]
}

function clockLine({ offsetMs, by }: Extract<Event, { type: 'clock.differs' }>): Line {
  const isWrong = Math.abs(offsetMs) >= TOLERANCE_MS
  return [isWrong ? 'warn' : 'info', clockText({ offsetMs, by }), { offset_seconds: offsetMs / 1000 }]
}
