/** The redial loop over real connections. */
import { describe, expect, it } from '@jest/globals'
import { dialGate } from '../../app/dial/gate.ts'
import { type RedialOptions, redial } from '../../app/dial/redial.ts'
import { SourceLost, SourceRefused } from '../../app/errors.ts'
import type { Event } from '../../app/events.ts'
import type { Message, Source } from '../../app/model.ts'
import { source as info, texts } from '../support/messages.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { sourceOf } from '../support/upstream-client.ts'
import { refusedPort } from '../support/upstream-raw.ts'

/** A loop over `source`, pulled all the time. */
function run(source: Source, more: Partial<RedialOptions> = {}) {
  const stop = new AbortController()
  const events: Event[] = []
  const messages: Message[] = []
  const options = {
    gate: dialGate(1_000),
    emit: (event: Event) => void events.push(event),
    signal: stop.signal,
    backoffBaseMs: 5,
    ...more,
  }
  const drain = async (): Promise<void> => {
    for await (const arrived of redial(source, options)) messages.push(...arrived)
  }
  return { stop, events, messages, types: () => events.map(({ type }) => type), over: drain() }
}

/** A source that plays `lives` one after another, then waits for ever. */
function scripted(...lives: Source['receive'][]): Source {
  let n = 0
  return {
    info: info(),
    receive: (signal, opened) => (lives[n++] ?? waits)(signal, opened),
  }
}

const waits: Source['receive'] = async function* (signal) {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  yield []
  return { code: 1001, detail: '' }
}

describe('redial', () => {
  it('goes on where connections end, in order and without overlap, and tells each step', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        socket.send(String(n))
        if (n < 4) socket.close(n === 2 ? 1011 : 1000, 'bye')
      },
    })
    const loop = run(sourceOf(upstream.url))
    await until(() => loop.messages.length === 4, { what: 'four messages' })
    loop.stop.abort()
    await loop.over
    expect(texts(loop.messages)).toEqual(['1', '2', '3', '4'])
    const round = ['source.dialled', 'source.opened', 'source.lost']
    expect(loop.types()).toEqual([...round, ...round, ...round, ...round])
    const lost = loop.events.filter((event) => event.type === 'source.lost')
    expect(lost.map(({ reason, code }) => [reason, code])).toEqual([
      ['ended', 1000],
      ['closed', 1011],
      ['ended', 1000],
      ['stopped', 1001],
    ])
    expect(lost[0]).toMatchObject({ detail: 'bye', openMs: expect.any(Number), redialInMs: expect.any(Number) })
    expect(lost[3]).toMatchObject({ redialInMs: undefined })
    // Each connection was over before the next was dialled.
    expect(upstream.closed.length).toBe(4)
  })

  it('backs off from a peer that closes at once, in order or not', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close(1000) })
    const loop = run(sourceOf(upstream.url), { backoffBaseMs: 16 })
    await until(() => upstream.sockets.length >= 6, { what: 'six dials' })
    loop.stop.abort()
    await loop.over
    const delays = loop.events.flatMap((event) =>
      event.type === 'source.lost' && event.redialInMs !== undefined ? [event.redialInMs] : [],
    )
    for (const [i, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(16 * 2 ** i)
    // Full jitter may give any single small value, but not only such.
    expect(Math.max(...delays)).toBeGreaterThan(16)
  })

  it('counts the dials it took to come up', async () => {
    const fails: Source['receive'] = async function* () {
      yield []
      throw new SourceLost('connect', 'no')
    }
    const opens: Source['receive'] = async function* (signal, opened) {
      opened()
      yield* waits(signal, opened)
      return { code: 1001, detail: '' }
    }
    const loop = run(scripted(fails, fails, opens))
    await until(() => loop.types().includes('source.opened'), { what: 'the connection' })
    loop.stop.abort()
    await loop.over
    expect(loop.events.find(({ type }) => type === 'source.opened')).toMatchObject({ afterDials: 3 })
    expect(loop.events[1]).toMatchObject({ type: 'source.lost', reason: 'connect', detail: 'no', openMs: undefined })
  })

  it('waits as long as the peer asks', async () => {
    const busy: Source['receive'] = async function* () {
      yield []
      throw new SourceLost('handshake_status', '429', { code: 429, retryAfterMs: 3_600_000 })
    }
    const unwanted: Source['receive'] = async function* () {
      yield []
      throw new SourceLost('closed', 'closed with 4001', { code: 4001, pace: 'slow' })
    }
    for (const [receive, least] of [
      [busy, 3_600_000],
      [unwanted, 150_000],
    ] as const) {
      const loop = run(scripted(receive))
      await until(() => loop.types().includes('source.lost'), { what: 'the loss' })
      const lost = loop.events.at(-1)
      expect(lost?.type === 'source.lost' && lost.redialInMs).toBeGreaterThanOrEqual(least)
      loop.stop.abort()
      await loop.over
      expect(loop.types()).toEqual(['source.dialled', 'source.lost'])
    }
  })

  it('ends with a source that is refused', async () => {
    const refuses: Source['receive'] = async function* () {
      yield []
      throw new SourceRefused('configuration', 'never')
    }
    const loop = run(scripted(refuses))
    await loop.over
    expect(loop.events.at(-1)).toMatchObject({ type: 'source.refused', reason: 'configuration', detail: 'never' })
  })

  it('lets our own bugs through', async () => {
    const broken: Source['receive'] = async function* () {
      yield []
      throw new TypeError('a bug')
    }
    await expect(run(scripted(broken)).over).rejects.toThrow('a bug')
  })

  it('does not let a source that never comes up hold up another', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('a') })
    const dead = run(sourceOf(`ws://127.0.0.1:${await refusedPort()}/`))
    const well = run(sourceOf(upstream.url))
    await until(() => well.messages.length === 1 && dead.events.length > 10, { what: 'both to be at work' })
    for (const { stop, over } of [dead, well]) {
      stop.abort()
      await over
    }
    expect(dead.types()).not.toContain('source.opened')
  })

  it('serves ten thousand sources on one signal without a warning', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', note)
    const stop = new AbortController()
    let dialled = 0
    const emit = (event: Event): void => {
      if (event.type === 'source.dialled') dialled += 1
    }
    const gate = dialGate(1_000_000)
    const loops = Array.from({ length: 10_000 }, async () => {
      for await (const _ of redial(scripted(), { gate, emit, signal: stop.signal }));
    })
    await until(() => dialled === 10_000, { what: 'all dials' })
    stop.abort()
    await Promise.all(loops)
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})
