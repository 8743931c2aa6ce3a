// Many sources whose messages nobody keeps: what they hold together is bounded, and nothing is lost.
import { describe, expect, it } from '@jest/globals'
import { ReadBudget } from '../../app/dial/read-budget.ts'
import type { Message } from '../../app/model.ts'
import { texts } from '../support/messages.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { sourceOf } from '../support/upstream-client.ts'

const KIB = 1024
const SOURCES = 50
const EACH = 1_000
const PADDING = 'x'.repeat(KIB)
const LIMIT_BYTES = 1024 * KIB
/** The one read that passes the limit, and what the accounting adds to each of its messages. */
const ONE_READ_BYTES = 96 * KIB

const textOf = (at: number) => `${at} ${PADDING}`
const bytesOf = (messages: readonly Message[]) => messages.reduce((sum, { data }) => sum + data.length, 0)

describe('sources of one feed', () => {
  it('hold no more together than the read budget allows, and then deliver everything in order', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (let at = 0; at < EACH; at++) socket.send(textOf(at))
      },
    })
    const stop = new AbortController()
    const readBudget = new ReadBudget(LIMIT_BYTES)
    const paused = new Set<string>()
    const arrivals = Array.from({ length: SOURCES }, (_, at) => {
      const url = `${upstream.url}/${at}`
      const tell = (isPaused: boolean) => void (isPaused ? paused.add(url) : paused.delete(url))
      return sourceOf(url, { readBudget, paused: tell }).receive(stop.signal, () => undefined)
    })
    const taken: string[][] = arrivals.map(() => [])
    let heldBytes = 0
    // Pulled once: what comes of it is not kept, because nobody asks for more.
    const first = arrivals.map(async (each, at) => {
      const { value } = await each.next()
      heldBytes += bytesOf(value as Message[])
      taken[at]?.push(...texts(value as Message[]))
    })
    await until(() => paused.size === SOURCES, { what: 'every socket to be paused' })
    // A few more turns of the loop, in which more would come if one of them were read on.
    for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
    expect(heldBytes).toBeLessThan(LIMIT_BYTES + ONE_READ_BYTES)
    const drain = arrivals.map(async (each, at) => {
      await first[at]
      const own = taken[at] ?? []
      while (own.length < EACH) own.push(...texts((await each.next()).value as Message[]))
      // To ask for more says that the last are kept: without it the others would wait for ever.
      return { end: each.next() }
    })
    const ends = await Promise.all(drain)
    const wanted = Array.from({ length: EACH }, (_, at) => textOf(at)).join()
    expect(taken.filter((own) => own.join() === wanted)).toHaveLength(SOURCES)
    stop.abort()
    await Promise.all(ends.map(({ end }) => end))
    expect(paused.size).toBe(0)
  }, 60_000)

  it('keep no memory of messages that are kept', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('kept') })
    const stop = new AbortController()
    const arrivals = sourceOf(upstream.url).receive(stop.signal, () => undefined)
    const { value } = await arrivals.next()
    expect(texts(value as Message[])).toEqual(['kept'])
    const next = arrivals.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(value).toEqual([])
    stop.abort()
    await next
  })
})
