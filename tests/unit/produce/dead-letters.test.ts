/** What a dead letter says, when it is cut, and when its topic is in use. */
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { Event } from '../../../app/events.ts'
import { Clock } from '../../../app/lib/clock.ts'
import type { DeadLetter, Settlement } from '../../../app/model.ts'
import { type DeadLetterOptions, openDeadLetters } from '../../../app/produce/dead-letters.ts'
import { type Added, keepingOutlet } from '../../support/daemon-parts.ts'
import { message, source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close()
})

/** A desk whose topics are there as `there` says. */
function rig(over: Partial<DeadLetterOptions> = {}, there: () => boolean = () => true) {
  const added: Added[] = []
  const events: Event[] = []
  const outlet = keepingOutlet(added, { find: async () => there() })
  const options = {
    topic: undefined,
    maxBytes: 1_000,
    version: '1.2.3',
    lookEveryMs: 1,
    clock: new Clock(),
    hide: (text: string) => text,
    ...over,
  }
  const desk = openDeadLetters(outlet, options, (event) => events.push(event))
  opened.push(desk)
  return { desk, added, events }
}

describe('a schema that no feed has any more', () => {
  it('is not looked for any more, until a feed has it again', async () => {
    let looks = 0
    const { desk } = rig({}, () => ++looks > 0)
    const letters = desk.of('s')
    await letters.prepare()
    desk.forget('s')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const after = looks
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(looks).toBe(after)
    expect(desk.topicOf('s')).toBe('s.dead-letter')
    expect(desk.of('s')).not.toBe(letters)
  })
})

const letter = (text: string, over: Partial<DeadLetter> = {}): DeadLetter => ({
  message: message(text),
  refused: [{ reason: 'bad_value', error: 'a field\nis wrong', documents: 1, numbers: undefined }],
  numbers: undefined,
  shape: 'shape',
  schemaId: 7,
  expiresAt: undefined,
  ...over,
})

const THIRD: Partial<DeadLetter> = {
  refused: [{ reason: 'bad_value', error: 'a field\nis wrong', documents: 1, numbers: '3' }],
  numbers: '3',
}

function settlement(): Settlement & { outcomes: string[] } {
  const outcomes: string[] = []
  return {
    outcomes,
    produced: () => outcomes.push('produced'),
    refused: ({ reason }) => outcomes.push(reason),
    expired: () => outcomes.push('expired'),
  }
}

const headers = ({ record }: Added): Record<string, string> =>
  Object.fromEntries((record.headers ?? []).map(([name, value]) => [name, value.toString()]))

describe('a dead letter', () => {
  it('is the message as it came, and says what was wrong with it', async () => {
    const { desk, added } = rig({ topic: 'dead' })
    expect(desk.of('S').take(letter('{"a":1}', THIRD), settlement())).toBe(true)
    expect(added[0]).toMatchObject({
      destination: { topic: 'dead', key: null, hash: source().hash },
      record: { key: null, value: Buffer.from('{"a":1}'), timestamp: 1_700_000_000_000 },
    })
    expect(headers(added[0] as Added)).toEqual({
      'tributary-feed': source().feed,
      'tributary-source': source().id,
      'tributary-reason': 'bad_value',
      'tributary-error': 'a field is wrong',
      'tributary-received-at': '2023-11-14T22:13:20.000Z',
      'tributary-schema-id': '7',
      'tributary-version': '1.2.3',
      'tributary-length': '7',
      'tributary-sha256': createHash('sha256').update('{"a":1}').digest('hex'),
      'tributary-document': '3',
      'tributary-documents': '{"bad_value":"3"}',
      'tributary-shape': 'shape',
    })
  })

  it.each([4, 0])('keeps %d bytes of a longer message, and the length and hash of the whole', (maxBytes) => {
    const { desk, added } = rig({ topic: 'dead', maxBytes })
    desk.of('S').take(letter('{"a":1}'), settlement())
    expect(added[0]?.record.value).toEqual(Buffer.from('{"a":1}'.slice(0, maxBytes)))
    expect(headers(added[0] as Added)).toMatchObject({
      'tributary-length': '7',
      'tributary-sha256': createHash('sha256').update('{"a":1}').digest('hex'),
    })
  })

  it('is cut down to its headers when the topic does not take it, and given up when that is refused as well', () => {
    const { desk, added } = rig({ topic: 'dead' })
    const end = settlement()
    desk.of('S').take(letter('{"tooLarge":1}'), end)
    expect(added[0]?.record.value).toHaveLength(0)
    expect(end.outcomes).toEqual([])
    added[0]?.settlement.refused({ index: 0, reason: 'broker_refused', detail: '' }, 'dead', added[0].record)
    expect(end.outcomes).toEqual(['broker_refused'])
  })
})

describe('the topic of dead letters', () => {
  it('is the one that is named, for every schema', async () => {
    const { desk } = rig({ topic: 'dead' }, () => false)
    expect([desk.of('A').topic, desk.of('B').topic]).toEqual(['dead', 'dead'])
    await expect(desk.of('A').prepare()).resolves.toBeUndefined()
  })

  it("is otherwise the schema's own while it is there: said once per change", async () => {
    let there = false
    const { desk, added, events } = rig({}, () => there)
    const letters = desk.of('S')
    await Promise.all([letters.prepare(), desk.of('S').prepare()])
    expect([letters.topic, letters.take(letter('x'), settlement())]).toEqual([undefined, false])
    there = true
    await until(() => letters.topic === 'S.dead-letter', { what: 'the topic to be found' })
    expect(letters.take(letter('x'), settlement())).toBe(true)
    expect(added[0]?.destination.topic).toBe('S.dead-letter')
    there = false
    await until(() => letters.topic === undefined, { what: 'the topic to be missed' })
    const topic = 'S.dead-letter'
    expect(events).toEqual([false, true, false].map((inUse) => ({ type: 'dead_letters.looked_up', topic, inUse })))
  })

  it('is not known while Kafka is away: preparing fails, and succeeds when it is back', async () => {
    let away = true
    const { desk } = rig({}, () => {
      if (away) throw new Unavailable('connect', 'away')
      return true
    })
    const letters = desk.of('S')
    await expect(letters.prepare()).rejects.toThrow(Unavailable)
    away = false
    await letters.prepare()
    expect(letters.topic).toBe('S.dead-letter')
    away = true
    expect(letters.topic).toBe('S.dead-letter')
  })
})
