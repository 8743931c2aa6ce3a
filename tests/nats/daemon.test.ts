// The real daemon with NATS as its sink: documents as JSON, and what ends in between loses none.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled } from '../support/daemon-feeds.ts'
import { type NatsServer, startNats, storedIn } from '../support/nats.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const feed = (upstream: Upstream, server: NatsServer, more: object = {}): Record<string, string> => ({
  BOOTSTRAP_SERVERS: '',
  SCHEMA_REGISTRY_URL: '',
  FEED_N_URLS: upstream.url,
  FEED_N_SCHEMA: 's.n',
  FEED_N_SINK: 'nats',
  FEED_N_FORMAT: 'json',
  FEED_N_SCHEMA_FILE: 'none',
  NATS_URL: server.url,
  ...more,
})
async function withStream(server: NatsServer) {
  const { manager } = await server.client()
  await manager.streams.add({ name: 'S', subjects: ['s.>'] })
  return manager
}
async function numbersIn(server: NatsServer): Promise<number[]> {
  const { manager } = await server.client()
  return (await storedIn(manager, 'S')).map(({ value }) => JSON.parse(value.toString()).n)
}
const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
/** Sends documents numbered from `from`, in bursts, until it has sent up to `to`. */
async function send(upstream: Upstream, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    upstream.sendAll(`{"n":${n},"exact":9007199254740993}`)
    if (n % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const produced = async (daemon: Daemon): Promise<number> => (await daemon.feed('n')).ledger.documents.produced

describe('a daemon over JetStream', () => {
  it('needs neither brokers nor a registry, and writes documents as they were', async () => {
    await using server = await startNats()
    const manager = await withStream(server)
    await using upstream = await startUpstream()
    await using daemon = await startDaemon(feed(upstream, server, { FEED_N_KEY_FIELD: 'n' }))
    await upstream.connection(1)
    upstream.sendAll('{ "n": 0, "exact": 9007199254740993 }')
    await settled(daemon, 'n', 1)
    const [message] = await storedIn(manager, 'S')
    expect(message?.value.toString()).toBe('{"n":0,"exact":9007199254740993}')
    expect(message?.headers['tributary-key']).toBe('0')
    expect((await daemon.status()).verdict).toBe('1 of 1 feeds run')
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('loses nothing and stores nothing twice though the server is killed, and frozen, under load', async () => {
    await using server = await startNats()
    await withStream(server)
    await using upstream = await startUpstream()
    await using daemon = await startDaemon(feed(upstream, server))
    await upstream.connection(1)
    const count = 6_000
    const sending = send(upstream, 0, count)
    await until(async () => (await produced(daemon)) > 300, { what: 'some to be produced' })
    await server.kill()
    await daemon.said(/NATS does not take s\.n/)
    expect((await daemon.status()).verdict).toContain('NATS')
    await server.start()
    await daemon.said(/NATS answers again/)
    server.signal('SIGSTOP')
    await daemon.said(/NATS has not answered a request/)
    server.signal('SIGCONT')
    await sending
    const { documents } = await settled(daemon, 'n', count, 60_000)
    expect(documents.produced).toBe(count)
    expect(await numbersIn(server)).toEqual(range(count))
  })

  it('delivers all when it is told to stop under load', async () => {
    await using server = await startNats()
    await withStream(server)
    await using upstream = await startUpstream()
    await using daemon = await startDaemon(feed(upstream, server))
    await upstream.connection(1)
    const sending = send(upstream, 0, 4_000)
    await until(async () => (await produced(daemon)) > 300, { what: 'some to be produced' })
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    await sending
    const numbers = await numbersIn(server)
    const ledger = daemon.log.findLast((line) => line.ledger)?.ledger?.n
    expect(ledger?.documents.produced).toBe(numbers.length)
    expect(ledger?.messages.received).toBe(numbers.length)
    expect(numbers).toEqual(range(numbers.length))
  })

  it('is killed, and the next one delivers what its lane on disk had kept, without a hole', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nats-lane-'))
    await using server = await startNats()
    await withStream(server)
    await using upstream = await startUpstream()
    const env = feed(upstream, server, { LANE_DIR: directory })
    await using first = await startDaemon(env)
    await upstream.connection(1)
    await send(upstream, 0, 300)
    await settled(first, 'n', 300)
    server.signal('SIGSTOP')
    await send(upstream, 300, 1_000)
    await until(async () => (await first.feed('n')).ledger.messages.received === 1_000, { what: 'all to be received' })
    await first.stop('SIGKILL')
    server.signal('SIGCONT')
    await using second = await startDaemon(env)
    await upstream.connection(2)
    await send(upstream, 1_000, 1_200)
    // Not by its sums: what was on its way when it was killed is in none.
    await until(async () => (await numbersIn(server)).includes(1_199), { what: 'the last to be stored' })
    await settled(second, 'n', 200)
    const numbers = [...new Set(await numbersIn(server))]
    const ofFirst = numbers.filter((n) => n < 1_000)
    // What was received last may not have been flushed yet.
    expect(ofFirst.length).toBeGreaterThan(600)
    expect(numbers).toEqual([...range(ofFirst.length), ...range(200).map((n) => 1_000 + n)])
    expect(await second.stop()).toEqual({ code: 0, signal: null })
    await rm(directory, { recursive: true })
  })

  it('puts what is too large where a stream has dead letters', async () => {
    await using server = await startNats('max_payload: 100000')
    const manager = await withStream(server)
    await using upstream = await startUpstream()
    await using daemon = await startDaemon(feed(upstream, server, { DEAD_LETTER_MAX_BYTES: '1kB' }))
    await upstream.connection(1)
    upstream.sendAll(`{"n":"${'x'.repeat(200_000)}"}`)
    upstream.sendAll('{"n":1}')
    const { documents, dead_lettered } = await settled(daemon, 'n', 2)
    expect([documents.produced, dead_lettered]).toEqual([1, { too_large: 1 }])
    const letters = (await storedIn(manager, 'S')).filter(({ subject }) => subject === 's.n.dead-letter')
    expect(letters.map(({ headers }) => headers['tributary-reason'])).toEqual(['too_large'])
    expect(letters[0]?.headers['tributary-error']).toContain('raise max_payload of the NATS server')
  })

  it('ends with 69 and the cure where no stream covers the subject', async () => {
    await using server = await startNats()
    await using upstream = await startUpstream()
    const env = feed(upstream, server, { NATS_MODE: 'jetstream', STARTUP_TIMEOUT: '2s' })
    await using daemon = await startDaemon(env)
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    const { msg } = await daemon.said('could not start')
    expect(msg).toMatch(/no stream covers the subject s\.n; add one .*NATS_MODE=core/)
  })
})

describe('a daemon over core NATS', () => {
  it('says what that loses, has no dead letters there, and counts nothing while the server is away', async () => {
    await using server = await startNats('', { jetstream: false })
    await using upstream = await startUpstream()
    await using daemon = await startDaemon(feed(upstream, server))
    await upstream.connection(1)
    await daemon.said('s.n: no stream covers the subject, so NATS keeps nothing of it')
    upstream.sendAll('{"n":0}')
    upstream.sendAll('not JSON')
    const { refused } = await settled(daemon, 'n', 2)
    expect(refused).toEqual({ not_json: 1 })
    await server.kill()
    await send(upstream, 1, 101)
    await daemon.said(/NATS does not take s\.n/)
    await until(async () => (await daemon.feed('n')).ledger.messages.received === 102, { what: 'all to be received' })
    expect(await produced(daemon)).toBe(1)
    await server.start()
    const { connection } = await server.client()
    let heard = 0
    connection.subscribe('s.n', {
      callback: () => {
        heard++
      },
    })
    await connection.flush()
    await settled(daemon, 'n', 102)
    expect(await produced(daemon)).toBe(101)
    expect(heard).toBeLessThanOrEqual(100)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })
})
