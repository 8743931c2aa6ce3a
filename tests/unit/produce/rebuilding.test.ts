import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { Event } from '../../../app/events.ts'
import type { KafkaClient } from '../../../app/produce/kafka-client.ts'
import { Rebuilding } from '../../../app/produce/rebuilding.ts'

const LIMITS = { deadlineMs: 30, silentMs: 60_000, closeMs: 30, slowMs: 60_000 }
const forever = (): Promise<never> => new Promise(() => {})
const fails = (reason: ConstructorParameters<typeof Unavailable>[0]) => () =>
  Promise.reject(new Unavailable(reason, reason))

/** Counts what is done to it; what calls do is up to `run`. */
class CountingClient implements KafkaClient {
  destroyed = 0
  closed = 0
  readonly onClose: () => Promise<void>
  constructor(onClose: () => Promise<void>) {
    this.onClose = onClose
  }
  describe = forever
  send = forever
  refresh(): void {}
  close(): Promise<void> {
    this.closed++
    return this.onClose()
  }
  destroy(): void {
    this.destroyed++
  }
}

function setUp(limits: Partial<typeof LIMITS> = {}, onClose: () => Promise<void> = async () => {}) {
  const built: CountingClient[] = []
  const events: Event[] = []
  const build = (): KafkaClient => {
    const client = new CountingClient(onClose)
    built.push(client)
    return client
  }
  const rebuilding = new Rebuilding(build, { ...LIMITS, ...limits }, (event) => events.push(event))
  return { rebuilding, built, events, types: () => events.map(({ type }) => type) }
}

describe('Rebuilding', () => {
  it('builds on first use, uses the same client again, and says once that it is connected', async () => {
    const { rebuilding, built, types } = setUp()
    expect(built).toHaveLength(0)
    const first = await rebuilding.run(async (client) => client)
    expect(await rebuilding.run(async (client) => client)).toBe(first)
    expect(built).toHaveLength(1)
    expect(types()).toEqual(['kafka.connected'])
  })

  it('ends a call that hangs, destroys its client at once and builds another', async () => {
    const { rebuilding, built, types } = setUp()
    await expect(rebuilding.run(forever)).rejects.toMatchObject({ name: 'Unavailable', reason: 'timeout' })
    expect(built.map(({ destroyed }) => destroyed)).toEqual([1])
    expect(types()).toEqual(['producer.rebuilt'])
    await rebuilding.run(async () => {})
    expect(built).toHaveLength(2)
  })

  it.each(['unknown', 'response'] as const)('throws a client away that failed with %s', async (reason) => {
    const { rebuilding, built } = setUp()
    const failure = reason === 'unknown' ? () => Promise.reject(new TypeError('bug')) : fails(reason)
    await expect(rebuilding.run(failure)).rejects.toMatchObject({ name: 'Unavailable', reason })
    expect(built.map(({ destroyed }) => destroyed)).toEqual([1])
  })

  it('does so too when the call throws before it waits', async () => {
    const { rebuilding } = setUp()
    const thrower = (): Promise<never> => {
      throw new RangeError('bug')
    }
    await expect(rebuilding.run(thrower)).rejects.toMatchObject({ name: 'Unavailable', reason: 'unknown' })
  })

  it('keeps a client that fails for reasons of the network, until that has lasted', async () => {
    const patient = setUp()
    for (let i = 0; i < 5; i++) await patient.rebuilding.run(fails('connect')).catch(() => {})
    expect(patient.built.map(({ destroyed }) => destroyed)).toEqual([0])

    const impatient = setUp({ silentMs: 0 })
    await impatient.rebuilding.run(fails('connect')).catch(() => {})
    expect(impatient.built.map(({ destroyed }) => destroyed)).toEqual([1])
  })

  it('counts the silence from the last success or answer of a broker', async () => {
    const { rebuilding, built } = setUp({ silentMs: 40 })
    const answer = (): Promise<never> => Promise.reject(Object.assign(new Error('no topic'), { apiCode: 3 }))
    const until = performance.now() + 120
    while (performance.now() < until) {
      await rebuilding.run(fails('connect')).catch(() => {})
      await rebuilding.run(answer).catch(() => {})
      await rebuilding.run(fails('connect')).catch(() => {})
      await rebuilding.run(async () => {})
    }
    expect(built.map(({ destroyed }) => destroyed)).toEqual([0])
  })

  it('lets the failures of a client that is gone not touch the one that follows', async () => {
    const { rebuilding, built } = setUp()
    let breakLate = (): void => {}
    const late = rebuilding.run(() => new Promise((_, reject) => (breakLate = () => reject(new TypeError('late')))))
    await rebuilding.run(fails('response')).catch(() => {})
    await rebuilding.run(async () => {})
    breakLate()
    await expect(late).rejects.toMatchObject({ name: 'Unavailable' })
    expect(built.map(({ destroyed }) => destroyed)).toEqual([1, 0])
  })

  it.each([
    ['in order', async () => {}],
    ['that hangs', forever],
    ['that rejects', () => Promise.reject(new Error('cannot close'))],
  ])('closes a client %s, and refuses later calls', async (_, onClose) => {
    const { rebuilding, built } = setUp({}, onClose)
    await rebuilding.run(async () => {})
    await rebuilding.close()
    await rebuilding.close()
    expect(built.map(({ closed, destroyed }) => [closed, destroyed])).toEqual([[1, 1]])
    await expect(rebuilding.run(async () => {})).rejects.toMatchObject({ name: 'Unavailable' })
    expect(built).toHaveLength(1)
  })

  it('closes without ever having been used', async () => {
    const { rebuilding, built } = setUp()
    await rebuilding.close()
    expect(built).toHaveLength(0)
  })
})
