/** What waits to be written: what of it may be read before, and when it is due. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { InFlight } from '../../../../app/lane/disk/in-flight.ts'
import { PendingWrites } from '../../../../app/lane/disk/pending-writes.ts'
import { cut } from '../../../../app/lane/piece.ts'
import type { Message } from '../../../../app/model.ts'
import { message, numbered } from '../../../support/messages.ts'

describe('what is not written yet', () => {
  let now = 1_000
  let fresh: PendingWrites
  beforeEach(() => {
    now = 1_000
    jest.spyOn(performance, 'now').mockImplementation(() => now)
    fresh = new PendingWrites()
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  const add = (messages: readonly Message[], mayBypass = true): Promise<void> => fresh.add(cut(messages), mayBypass)
  const sized = (bytes: number): Message[] => [message('x'.repeat(bytes))]
  const counts = (): number[] => fresh.read().map(({ messages }) => messages)

  it('is readable at once when it is small, and due 10 ms later', () => {
    void add(numbered(2))
    now += 1
    void add(numbered(3))
    expect(fresh).toMatchObject({ isReadable: true, dueAt: 1_010 })
    expect(counts()).toEqual([2, 3])
    expect(fresh).toMatchObject({ isReadable: false, dueAt: 1_010, isEmpty: false })
  })

  it('is never readable when it is large, nor is what comes soon after, however long they wait', () => {
    void add(sized(100_000))
    expect(fresh).toMatchObject({ isReadable: false, dueAt: 1_000 })
    now += 49
    void add(numbered(1))
    now += 1_000
    expect(fresh.isReadable).toBe(false)
    expect(fresh.read()).toEqual([])
    expect(fresh.take(Number.POSITIVE_INFINITY)).toHaveLength(2)
    void add(numbered(1))
    expect(fresh).toMatchObject({ isReadable: true, dueAt: now + 10 })
  })

  it('is not readable while much comes at once, however small each of it is', () => {
    for (let i = 0; i < 48; i++) void add(sized(1_024))
    expect(counts()).toHaveLength(47)
    expect(fresh.isReadable).toBe(false)
    expect(fresh.take(Number.POSITIVE_INFINITY)).toHaveLength(48)
    now += 49
    void add(numbered(1))
    expect(fresh).toMatchObject({ isReadable: false, dueAt: now + 2 })
    expect(fresh.take(0)).toHaveLength(1)
    now += 1
    for (let i = 0; i < 47; i++) void add(sized(1_024))
    expect(fresh.settle(fresh.read())).toBe(47)
    void add(sized(1_024))
    expect(fresh.isReadable).toBe(true)
  })

  it('stops being readable where something large follows', () => {
    void add(numbered(1))
    void add(sized(100_000))
    expect(counts()).toEqual([1])
    expect(fresh.isReadable).toBe(false)
  })

  it('is not readable when nobody would read it soon, and gathers no longer than 2 ms then', () => {
    void add(numbered(1), false)
    expect(fresh).toMatchObject({ isReadable: false, dueAt: 1_002 })
  })

  it('is read up to the limits of a batch', () => {
    for (let i = 0; i < 5; i++) void add(numbered(900))
    expect(counts()).toEqual([900, 900])
    expect(counts()).toEqual([900, 900])
    expect(counts()).toEqual([900])
  })

  it('need not be written once it is settled, except for what was taken to be written', async () => {
    const kept = [0, 1, 2, 3].map(() => add(sized(1_000)))
    const arrivals = fresh.read()
    for (const arrival of arrivals) arrival.reader = {} as InFlight
    expect(fresh.take(2_000)).toEqual(arrivals.slice(0, 2))
    expect(fresh.settle(arrivals)).toBe(2)
    await Promise.all(kept.slice(2))
    expect(fresh.isEmpty).toBe(true)
    void add(numbered(7))
    expect(fresh.settle(arrivals.slice(0, 2))).toBe(0)
    expect(counts()).toEqual([7])
  })

  it('is settled batch by batch, in any order', () => {
    for (let i = 0; i < 3; i++) void add(numbered(1_500))
    const [first, second, third] = [fresh.read(), fresh.read(), fresh.read()]
    expect([second, first].map((batch) => fresh.settle(batch))).toEqual([1_500, 1_500])
    expect(fresh.take(0)).toEqual(third)
  })
})
