/** Open connections: who is dead, who is silent, who is merely held up, and how a close is told. */
import { describe, expect, it } from '@jest/globals'
import type { WebSocket } from 'ws'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { live, sourceOf } from '../support/upstream-client.ts'

const never = new AbortController().signal

/** Blocks the whole process, as SIGSTOP would. */
function stall(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('a source that has never said anything', () => {
  const IGNORE = [{ event: 'heartbeat' }]

  it('is told of once, over all its connections; what is control is not what is waited for', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        socket.send('{"event":"heartbeat"}')
        setTimeout(() => socket.close(1000), 150)
      },
    })
    const told: number[] = []
    const quiet = (openMs: number): void => void told.push(openMs)
    const source = sourceOf(upstream.url, { quiet, quietAfterMs: 50, ignore: IGNORE })
    await live(source)
    await live(source)
    expect(told).toEqual([50])
  })

  it('is not once a message has come', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        if (n === 1) socket.send('{"k":1}')
        setTimeout(() => socket.close(1000), 150)
      },
    })
    const told: number[] = []
    const source = sourceOf(upstream.url, { quiet: (openMs) => void told.push(openMs), quietAfterMs: 50 })
    await live(source)
    await live(source)
    expect(told).toEqual([])
  })
})

describe('an open connection', () => {
  it('to a peer that answers no ping is lost', async () => {
    await using upstream = await startUpstream({ autoPong: false })
    const { lost, opened } = await live(sourceOf(upstream.url, { pingIntervalMs: 50 }))
    expect(opened).toBe(true)
    expect(lost?.reason).toBe('ping_timeout')
    await until(() => upstream.closed[0]?.code === 1006, { what: 'the socket to be gone' })
  })

  it('lives on while the peer answers pings, and while it only sends', async () => {
    let pings = 0
    const count = (socket: WebSocket): void => void socket.on('ping', () => pings++)
    await using answering = await startUpstream({ onSocket: count })
    await using sending = await startUpstream({
      autoPong: false,
      onSocket: (socket) => {
        count(socket)
        // A pong nobody asked for: traffic, but no message.
        socket.on('ping', () => socket.pong())
      },
    })
    const stop = new AbortController()
    const lives = [answering, sending].map(({ url }) => live(sourceOf(url, { pingIntervalMs: 50 }), stop.signal))
    await until(() => pings >= 20, { what: 'twenty pings' })
    stop.abort()
    for (const { lost, ended } of await Promise.all(lives)) {
      expect(lost).toBeUndefined()
      expect(ended?.code).toBe(1001)
    }
  })

  it('survives our own absence: a peer is not judged by a timer that fired far too late', async () => {
    let pings = 0
    await using upstream = await startUpstream({
      autoPong: false,
      onSocket: (socket) =>
        socket.on('ping', () => {
          pings += 1
          // The answer comes only after the deadline has passed, and after the stall.
          if (pings === 1) stall(1_500)
          setTimeout(() => socket.pong(), 520)
        }),
    })
    const stop = new AbortController()
    const life = live(sourceOf(upstream.url, { pingIntervalMs: 600 }), stop.signal)
    await until(() => pings >= 4, { what: 'pings after the stall' })
    stop.abort()
    expect((await life).lost).toBeUndefined()
  })

  it('without a message for too long is lost, pongs or not', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('a') })
    const { lost, messages } = await live(sourceOf(upstream.url, { silenceTimeoutMs: 200, pingIntervalMs: 20 }))
    expect(messages).toHaveLength(1)
    expect(lost?.reason).toBe('silent')
  })

  it('is not called silent while messages come, nor while we are the ones who do not pull', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('first') })
    const others = sourceOf(upstream.url, { silenceTimeoutMs: 300 })
    const arrivals = sourceOf(upstream.url, { silenceTimeoutMs: 300 }).receive(never, () => undefined)
    await arrivals.next()
    const socket = await upstream.connection(1)
    // Lies unpulled for longer than the limit: long enough for two others, one after the other, to be called silent.
    socket.send('second')
    for (let other = 0; other < 2; other++) expect((await live(others)).lost?.reason).toBe('silent')
    expect(socket.readyState).toBe(socket.OPEN)
    expect((await arrivals.next()).done).toBe(false)
    const talk = setInterval(() => socket.send('more'), 50)
    for (let i = 0; i < 15; i++) expect((await arrivals.next()).done).toBe(false)
    clearInterval(talk)
    const drain = async (): Promise<void> => {
      while (!(await arrivals.next()).done);
    }
    await expect(drain()).rejects.toMatchObject({ reason: 'silent' })
  })

  it('tells when it is paused because nobody pulls, and when no longer, also by its end', async () => {
    await using upstream = await startUpstream()
    const told: boolean[] = []
    const paused = (isPaused: boolean): void => void told.push(isPaused)
    const arrivals = sourceOf(upstream.url, { watermarkBytes: 1_000, paused }).receive(never, () => undefined)
    const first = arrivals.next()
    const socket = await upstream.connection(1)
    socket.send('first')
    await first
    socket.send('x'.repeat(2_000))
    await until(() => told.length === 1, { what: 'the pause' })
    await arrivals.next()
    expect(told).toEqual([true, false])
    socket.send('x'.repeat(2_000))
    await until(() => told.length === 3, { what: 'another pause' })
    socket.terminate()
    await arrivals.next()
    await arrivals.next().catch(() => {})
    expect(told).toEqual([true, false, true, false])
  })

  it('tells when it is not read as fast as the peer writes, since when, and when it has caught up', async () => {
    await using upstream = await startUpstream()
    const told: number[] = []
    const behind = (since: number): void => void told.push(since)
    const source = sourceOf(upstream.url, { behind, maxMessageBytes: 1024 * 1024 })
    const stop = new AbortController()
    const life = live(source, stop.signal)
    const socket = await upstream.connection(1)
    socket.send('small')
    await until(() => socket.bufferedAmount === 0, { what: 'it to be sent' })
    expect(told).toEqual([])
    const before = Date.now()
    for (let i = 0; i < 20; i++) socket.send('x'.repeat(500_000))
    socket.send('last')
    await until(() => told.length >= 2 && told.at(-1) === 0, { what: 'it to catch up' })
    expect(told[0]).toBeGreaterThan(0)
    expect(told[0]).toBeLessThanOrEqual(before + 1_000)
    stop.abort()
    expect((await life).messages).toHaveLength(22)
  })

  it('has a learned limit: a busy source is noticed silent soon, also on the next connection, and ever later as it stays silent', async () => {
    // 10 arrivals a second for the first connection; the others say nothing.
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        if (n > 1) return
        const talk = setInterval(() => socket.send('more'), 100)
        setTimeout(() => clearInterval(talk), 4_000)
        socket.on('close', () => clearInterval(talk))
      },
    })
    const silenceBounds = { floorMs: 400, ceilingMs: 30_000 }
    const source = sourceOf(upstream.url, { silenceTimeoutMs: 'auto', silenceBounds })
    const limits: number[] = []
    for (let connection = 1; connection <= 3; connection++) {
      const { lost, messages } = await live(source)
      expect(lost?.reason).toBe('silent')
      expect(messages.length > 0).toBe(connection === 1)
      limits.push(Number(/\d+/.exec(lost?.message ?? '')))
    }
    const [first = 0, second = 0, third = 0] = limits
    expect(first).toBeLessThan(5_000)
    expect(second).toBeGreaterThan(1.9 * first)
    expect(third).toBeGreaterThan(1.9 * second)
  })

  it('of which little is known yet may be silent up to the ceiling', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('only') })
    const silenceBounds = { floorMs: 50, ceilingMs: 700 }
    const { lost } = await live(sourceOf(upstream.url, { silenceTimeoutMs: 'auto', silenceBounds }))
    expect(lost).toMatchObject({ reason: 'silent', message: 'no message for 700 ms' })
  })

  it.each([
    [1000, 'ended', undefined],
    [1001, 'ended', undefined],
    [1008, 'lost', 'slow'],
    [1011, 'lost', 'normal'],
    [4000, 'lost', 'slow'],
  ] as const)('closed with %i has %s', async (code, how, pace) => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close(code, 'why\nnot') })
    const { ended, lost } = await live(sourceOf(upstream.url))
    if (how === 'ended') expect(ended).toEqual({ code, detail: 'why not' })
    else expect(lost).toMatchObject({ reason: 'closed', code, pace, message: `closed with ${code}: why not` })
  })

  it('closed without a code has ended', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close() })
    expect((await live(sourceOf(upstream.url))).ended).toEqual({ code: 1005, detail: '' })
  })
})
