// What people met with upstreams in the field, caused to the daemon as it is started: silence behind heartbeats, closes of healthy connections.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { WebSocket } from 'ws'
import { startDaemon } from '../support/daemon.ts'
import { settled } from '../support/daemon-feeds.ts'
import { createTopic, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { refusedPort } from '../support/upstream-raw.ts'

const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'R',
  namespace: 't.ex',
  fields: [{ name: 'k', type: 'string' }],
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Variables of feed x with a topic and schema of its own. */
async function feedX(url: string, more: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
  const topic = uniqueName('case')
  await Promise.all([registerSchema(`${topic}-value`, SCHEMA), createTopic({ name: topic })])
  const own = Object.entries(more).map(([suffix, value]) => [`FEED_X_${suffix}`, value])
  return { FEED_X_URLS: url, FEED_X_SCHEMA: topic, ...Object.fromEntries(own) }
}

/** Sends `text` every `ms` until the socket closes. */
function every(ms: number, socket: WebSocket, text: string): void {
  const timer = setInterval(() => socket.send(text), ms)
  socket.once('close', () => clearInterval(timer))
}

describe('silence', () => {
  it('is not broken by what IGNORE names: the source is dialled again', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        socket.send('{"k":"data"}')
        every(50, socket, '{"event":"heartbeat"}')
        every(50, socket, 'pong')
      },
    })
    const ignore = '[{"event":"heartbeat"},"pong"]'
    await using daemon = startDaemon(
      await feedX(upstream.url, { SILENCE_TIMEOUT: '600ms', IGNORE: ignore, BACKOFF_MAX: '100ms' }),
    )
    const lost = await daemon.said('no message for 600 ms')
    expect(lost).toMatchObject({ feed: 'x', reason: 'silent', source: upstream.url })
    await until(() => upstream.sockets.length >= 3, { what: 'three dials' })
    const { documents } = await daemon.feed('x').then(({ ledger }) => ledger)
    expect(documents.refused + documents.dead_lettered).toBe(0)
    const metrics = await daemon.metrics()
    const control = metrics.value('tributary_documents_total', { feed: 'x', outcome: 'ignored', reason: 'control' })
    expect(control).toBeGreaterThan(10)
  })

  it('is broken by what ALIVE names of it, and by what is refused later', async () => {
    await using beating = await startUpstream({
      onSocket: (socket) => every(50, socket, '{"event":"heartbeat","n":1}'),
    })
    await using broken = await startUpstream({ onSocket: (socket) => every(50, socket, 'no JSON') })
    await using silent = await startUpstream({ onSocket: (socket) => every(50, socket, '{"event":"status"}') })
    await using daemon = startDaemon(
      await feedX([beating.url, broken.url, silent.url].join(), {
        SILENCE_TIMEOUT: '400ms',
        IGNORE: '[{"event":"heartbeat"},{"event":"status"}]',
        ALIVE: '[{"event":"heartbeat"}]',
        BACKOFF_MAX: '50ms',
      }),
    )
    await until(() => silent.sockets.length >= 4, { what: 'the silent one to be dialled four times' })
    await daemon.ready()
    expect([beating.sockets.length, broken.sockets.length]).toEqual([1, 1])
  })

  it('does not pass while Kafka is away, with lanes that fill: no source is dialled again', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        every(20, socket, '{"event":"heartbeat"}')
        every(10, socket, JSON.stringify({ k: 'x'.repeat(3_900) }))
      },
    })
    const LIMIT_MS = 500
    await using daemon = startDaemon({
      ...(await feedX(upstream.url, {
        SILENCE_TIMEOUT: `${LIMIT_MS}ms`,
        IGNORE: '[{"event":"heartbeat"}]',
        LANE_MAX_BYTES: '16KiB',
        MAX_MESSAGE_BYTES: '4KiB',
      })),
      BOOTSTRAP_SERVERS: `127.0.0.1:${await refusedPort()}`,
      LANE_DIR: folder,
    })
    const paused = async (): Promise<number> =>
      (await daemon.metrics()).value('tributary_source_paused_seconds_total', { feed: 'x' }) ?? 0
    await until(async () => (await paused()) > (3 * LIMIT_MS) / 1_000, { what: 'three limits of back pressure' })
    expect(upstream.sockets).toHaveLength(1)
  })
})

describe('a connection that was open for STABLE_AFTER', () => {
  it.each([1008, 4004, 1001])(
    'and is closed with %i is dialled again at once; slowly only when refused again',
    async (code) => {
      await using upstream = await startUpstream({
        onSocket: (socket, n) => {
          socket.send('{"k":"n"}')
          if (n === 1) setTimeout(() => socket.close(code, 'Pong timeout'), 700)
          if (n === 2) socket.close(1008, 'Pong timeout')
        },
      })
      await using daemon = startDaemon(
        await feedX(upstream.url, { STABLE_AFTER: '500ms', BACKOFF_MAX: '200ms', BACKOFF_SLOW: '40s' }),
      )
      const first = await daemon.said(new RegExp(`lost after \\S+ s: closed with ${code}: Pong timeout`))
      expect(nextDial(first.msg)).toBeLessThanOrEqual(0.2)
      await until(() => upstream.sockets.length === 2, { what: 'the second dial' })
      const second = await daemon.said(/lost after 0\.\d s: closed with 1008: Pong timeout; .*next dial in \d{2}/)
      expect(nextDial(second.msg)).toBeGreaterThanOrEqual(20)
      expect(nextDial(second.msg)).toBeLessThanOrEqual(40)
    },
  )
})

function nextDial(line: string): number {
  return Number(/next dial in ([\d.]+) s/.exec(line)?.[1])
}

describe('the line of a loss', () => {
  it.each([
    [1000, 'closed with 1000'],
    [1001, 'closed with 1001'],
    [undefined, 'closed without a code'],
  ])('names the code %s, also without a reason', async (code, said) => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        socket.send('{"k":"one"}')
        socket.close(code)
      },
    })
    await using daemon = startDaemon(await feedX(upstream.url))
    const line = await daemon.said(/is lost after/)
    expect(line.msg).toMatch(new RegExp(` is lost after \\S+ s: ${said}; next dial in \\S+ s$`))
    expect(line).toMatchObject({ source: upstream.url, feed: 'x', reason: 'ended' })
  })
})

describe('OPEN_MESSAGES_FILE', () => {
  it('is read again at each dial, and digits go as they are written', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => socket.once('message', () => socket.close(1001)),
    })
    const path = join(folder, 'open.json')
    await writeFile(path, '["sub 1"]')
    await using daemon = startDaemon(
      await feedX(upstream.url, { OPEN_MESSAGES_FILE: path, BACKOFF_MAX: '50ms', STABLE_AFTER: '1ms' }),
    )
    const sent = (text: string) => upstream.received.some((one) => one.text === text)
    await until(() => sent('sub 1'), { what: 'the first message' })
    await writeFile(path, '[ "sub 2", {"id": 12345678901234567890} ]')
    await until(() => sent('sub 2') && sent('{"id":12345678901234567890}'), { what: 'the second messages' })
    await writeFile(path, 'hunter2-hunter2')
    const { msg } = await daemon.said('FEED_X_OPEN_MESSAGES_FILE')
    expect(msg).not.toContain('hunter2')
    await writeFile(path, '["sub 3"]')
    await until(() => sent('sub 3'), { what: 'the third message' })
    expect((await settled(daemon, 'x', 0)).documents.found).toBe(0)
  })
})
