/** Gap records on their way into a lane. */
import { describe, expect, it } from '@jest/globals'
import { MOST_WAITING, Outbox } from '../../../app/gaps/outbox.ts'
import type { GapRecord } from '../../../app/gaps/record.ts'
import { texts } from '../../support/messages.ts'

const record = (dials: number): GapRecord => ({
  feed: 'f',
  source: 'ws://a/',
  reason: 'closed',
  began_at: 1,
  ended_at: 2,
  last_message_at: null,
  close_code: null,
  dials,
  sequence_from: null,
  sequence_to: null,
})

describe('the outbox', () => {
  it('hands records on as JSON, and forgets them when the next are asked for', async () => {
    const outbox = new Outbox(() => {})
    outbox.add(record(1))
    outbox.add(record(2))
    const arrivals = outbox.arrivals(new AbortController().signal)
    const { value } = await arrivals.next()
    expect(texts(value ?? []).map((text) => JSON.parse(text))).toEqual([record(1), record(2)])
    outbox.add(record(3))
    expect(outbox.pending).toEqual([record(1), record(2), record(3)])
    const next = await arrivals.next()
    expect(outbox.pending).toEqual([record(3)])
    expect(texts(next.value ?? [])).toHaveLength(1)
  })

  it('ends after what is there when it is told to, and waits for records until then', async () => {
    const outbox = new Outbox(() => {})
    const stop = new AbortController()
    const arrivals = outbox.arrivals(stop.signal)
    const first = arrivals.next()
    outbox.add(record(1))
    expect((await first).value).toHaveLength(1)
    outbox.add(record(2))
    stop.abort()
    expect((await arrivals.next()).value).toHaveLength(1)
    expect((await arrivals.next()).done).toBe(true)
    expect(outbox.pending).toEqual([])
  })

  it('is bounded: what finds no room is told', () => {
    let dropped = 0
    const outbox = new Outbox(() => dropped++)
    for (let i = 0; i < MOST_WAITING + 10; i++) outbox.add(record(i))
    expect([outbox.pending.length, dropped]).toEqual([MOST_WAITING, 10])
  })

  it('that is off forgets', () => {
    const outbox = new Outbox(() => {})
    outbox.add(record(1))
    outbox.set('off')
    outbox.add(record(2))
    expect(outbox.pending).toEqual([])
    outbox.set('in_use')
    outbox.add(record(3))
    expect(outbox.pending).toEqual([record(3)])
  })
})
