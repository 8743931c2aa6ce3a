import { afterEach, describe, expect, it } from '@jest/globals'
import type { Load } from '../../../app/lane/one-batch.ts'
import { InFlightWindow } from '../../../app/redrive/in-flight-window.ts'
import { numbered } from '../../support/messages.ts'

const windows: InFlightWindow[] = []
afterEach(() => {
  for (const inFlight of windows.splice(0)) inFlight.stop()
})

function windowOf(patienceMs = 0): InFlightWindow {
  const inFlight = new InFlightWindow(patienceMs, () => {})
  windows.push(inFlight)
  return inFlight
}

/** What `work` has come to after every promise that can settle has. */
async function soFar<T>(work: Promise<T>): Promise<T | 'waits'> {
  const turns = new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))
  return Promise.race([work, turns])
}

describe('an in-flight window', () => {
  it.each<[string, Load]>([
    ['messages', { messages: numbered(10_000), bytes: 10 }],
    ['bytes', { messages: numbered(1), bytes: 16 * 1024 * 1024 }],
  ])('lets the next batch wait while there are too many %s', async (_, large) => {
    const inFlight = windowOf()
    expect(await inFlight.enter(large)).toBe(true)
    const next = inFlight.enter({ messages: numbered(1), bytes: 1 })
    expect(await soFar(next)).toBe('waits')
    inFlight.leave(large)
    expect(await next).toBe(true)
  })

  it('is drained when all has left, or when it is stopped', async () => {
    const inFlight = windowOf()
    const batch = { messages: numbered(2), bytes: 2 }
    await inFlight.enter(batch)
    expect(await soFar(inFlight.drained().then(() => 'drained'))).toBe('waits')
    inFlight.leave(batch)
    await inFlight.drained()
    await inFlight.enter(batch)
    inFlight.stop()
    await inFlight.drained()
    expect(await inFlight.enter(batch)).toBe(false)
  })
})
