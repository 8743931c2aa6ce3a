import { afterEach, describe, expect, it } from '@jest/globals'
import type { Load } from '../../../app/lane/one-batch.ts'
import { Flight } from '../../../app/redrive/flight.ts'
import { numbered } from '../../support/messages.ts'

const flights: Flight[] = []
afterEach(() => {
  for (const flight of flights.splice(0)) flight.stop()
})

function flightOf(patienceMs = 0): Flight {
  const flight = new Flight(patienceMs, () => {})
  flights.push(flight)
  return flight
}

/** What `work` has come to after every promise that can settle has. */
async function soFar<T>(work: Promise<T>): Promise<T | 'waits'> {
  const turns = new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))
  return Promise.race([work, turns])
}

describe('a flight', () => {
  it.each<[string, Load]>([
    ['messages', { messages: numbered(10_000), bytes: 10 }],
    ['bytes', { messages: numbered(1), bytes: 16 * 1024 * 1024 }],
  ])('lets the next batch wait while there are too many %s', async (_, large) => {
    const flight = flightOf()
    expect(await flight.enter(large)).toBe(true)
    const next = flight.enter({ messages: numbered(1), bytes: 1 })
    expect(await soFar(next)).toBe('waits')
    flight.leave(large)
    expect(await next).toBe(true)
  })

  it('has landed when all has left, or when it is stopped', async () => {
    const flight = flightOf()
    const batch = { messages: numbered(2), bytes: 2 }
    await flight.enter(batch)
    expect(await soFar(flight.landed().then(() => 'landed'))).toBe('waits')
    flight.leave(batch)
    await flight.landed()
    await flight.enter(batch)
    flight.stop()
    await flight.landed()
    expect(await flight.enter(batch)).toBe(false)
  })
})
