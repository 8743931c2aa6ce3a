/** Text of events is shown without secrets, whichever field it stands in. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import { Secrets } from '../../../app/lib/secrets/index.ts'
import { NAMES, shownEvent } from '../../../app/telemetry/shown.ts'
import { source } from '../../support/messages.ts'

const secrets = new Secrets('auto')
secrets.learn('f', 'OPEN_MESSAGES', '[{"api_key":"canary-of-f"}]')
secrets.learn(undefined, 'KAFKA_SASL_PASSWORD', 'canary-of-all')
const SAID = 'they say canary-of-f and canary-of-all'

describe('an event', () => {
  it('of a source is without the secrets of its feed and those of all', () => {
    const lost = {
      type: 'source.lost',
      source: source(),
      reason: 'closed',
      code: 1008,
      detail: SAID,
      openMs: 1,
      redialInMs: 1,
    } as const
    expect(shownEvent(lost, secrets)).toEqual({ ...lost, detail: 'they say *** and ***' })
    expect(lost.detail).toBe(SAID)
  })

  it('of no feed is without those of all', () => {
    const warned: Event = { type: 'daemon.warned', warning: SAID }
    expect(shownEvent(warned, secrets)).toEqual({ ...warned, warning: 'they say canary-of-f and ***' })
  })

  it('without a secret is handed on as it is', () => {
    const event: Event = { type: 'feed.parked', feed: 'f', reason: 'connect', detail: 'Kafka is away' }
    expect(shownEvent(event, secrets)).toBe(event)
  })

  it('has no text in a field that is taken for a name', () => {
    const fields = [...readFileSync('app/events.ts', 'utf8').matchAll(/readonly (\w+): ([^\n]+?)(?= \}| ?;|\n)/g)]
    const texts = fields.filter(([, , type]) => /^string\b/.test(type ?? '')).map(([, name = '']) => name)
    expect(texts.length).toBeGreaterThan(10)
    // A new field of text is hidden by itself; one that is added to NAMES has to be thought about, and added here.
    expect([...NAMES].sort()).toEqual(
      [
        'deadLetter',
        'feed',
        'host',
        'reason',
        'signal',
        'sink',
        'sourceId',
        'subject',
        'topic',
        'type',
        'version',
      ].sort(),
    )
    expect(texts.filter((name) => !NAMES.has(name)).sort()).toEqual(expect.arrayContaining(['detail', 'warning']))
  })
})
