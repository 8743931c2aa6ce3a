// The sink port over NATS, against a real server: JetStream with a file store, and core.
import { afterEach, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../app/errors.ts'
import type { Event } from '../../app/events.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { KafkaRecord, Sink } from '../../app/model.ts'
import { sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { kindValues } from '../support/kind-values.ts'
import { type NatsServer, startNats, storedIn } from '../support/nats.ts'
import { until } from '../support/until.ts'

const KAFKA = {
  brokers: [],
  clientId: 'nobody',
  tls: undefined,
  sasl: undefined,
  requestTimeoutMs: 2_000,
  connectTimeoutMs: 1_000,
  compression: 'none',
} as const
const opened: Sink[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sink) => sink.close()))
})

async function open(server: { readonly url: string }, mode = 'auto', events: Event[] = []): Promise<Sink> {
  const make = await loadKind(sinks, 'nats')
  const settings = sinks.nats.settings
  const values = { ...kindValues(settings), natsUrl: settings.NATS_URL.format.parse(server.url), natsMode: mode }
  const sink = make(values, { kafka: KAFKA, emit: (event) => events.push(event), clock: new Clock() })
  opened.push(sink)
  return sink
}

const record = (text: string | Buffer, more: Partial<KafkaRecord> = {}): KafkaRecord => {
  return { key: null, value: Buffer.from(text), timestamp: 1_700_000_000_000, ...more }
}
const numbered = (count: number, from = 0): KafkaRecord[] =>
  Array.from({ length: count }, (_, at) => record(`${from + at}`))
const failure = async (attempt: Promise<unknown>): Promise<Unavailable> => {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Unavailable)) throw new Error(`not Unavailable: ${error}`)
  return error
}
/** As the hold loop does it. */
async function writeAll(sink: Sink, topic: string, records: readonly KafkaRecord[]): Promise<string[]> {
  const reasons: string[] = []
  for (let rest = records; rest.length > 0; ) {
    try {
      await sink.write(topic, 0, rest)
      break
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      reasons.push(error.reason)
      rest = rest.slice(error.settled)
      if (reasons.length > 2_000) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return reasons
}

async function withStream(server: NatsServer, config: object = {}) {
  const { manager, connection } = await server.client()
  await manager.streams.add({ name: 'S', subjects: ['s.>'], ...config })
  return { manager, connection }
}

describe('JetStream', () => {
  it('stores values, keys, times and headers to the byte, in order', async () => {
    await using server = await startNats()
    const { manager } = await withStream(server)
    const events: Event[] = []
    const sink = await open(server, 'auto', events)
    expect(await sink.describe('s.a')).toMatchObject({ partitions: 1, maxMessageBytes: 1_048_576, unkept: undefined })
    const records = Array.from({ length: 300 }, (_, at) =>
      record(Buffer.from([0, 255, at >> 8, at & 255]), {
        key: at % 3 === 0 ? null : Buffer.from(at % 3 === 1 ? `k${at}` : [0, at % 256, 255]),
        headers: [
          ['feed', Buffer.from(`f${at}`)],
          ['raw', Buffer.from('a\r\nb ')],
        ],
      }),
    )
    expect(await sink.write('s.a', 0, records)).toEqual([])
    const stored = await storedIn(manager, 'S')
    expect(stored.map(({ value }) => value)).toEqual(records.map(({ value }) => value))
    for (const [at, { headers }] of stored.entries()) {
      expect(headers['tributary-timestamp']).toBe('1700000000000')
      expect(headers.feed).toBe(`f${at}`)
      expect(Buffer.from(headers['raw-base64'] ?? '', 'base64').toString()).toBe('a\r\nb ')
      const key = headers['tributary-key'] ?? Buffer.from(headers['tributary-key-base64'] ?? '', 'base64')
      expect(Buffer.from(key)).toEqual(records[at]?.key ?? Buffer.alloc(0))
    }
    expect(events).toEqual([{ type: 'kafka.connected', lostMs: 0 }])
  })

  it('stores a record once, however often it is written', async () => {
    await using server = await startNats()
    const { manager } = await withStream(server)
    const sink = await open(server, 'jetstream')
    const records = numbered(50)
    await sink.write('s.a', 0, records)
    await sink.write('s.a', 0, records.slice(20))
    expect((await storedIn(manager, 'S')).map(({ value }) => `${value}`)).toEqual(records.map((_, at) => `${at}`))
  })

  it('keeps the order though the stream takes what is behind a record that it does not take', async () => {
    await using server = await startNats()
    // A large record does not fit any more, and the small ones behind it would.
    const { manager } = await withStream(server, { max_bytes: 20_000, discard: 'new' })
    const sink = await open(server, 'jetstream')
    const large = record(Buffer.alloc(15_000, 120))
    await sink.write('s.a', 0, [large])
    const rest = [...numbered(3), record(Buffer.alloc(10_000, 121)), ...numbered(3, 3)]
    const { reason, settled, message } = await failure(sink.write('s.a', 0, rest))
    expect([reason, settled]).toEqual(['unknown', 3])
    expect(message).toMatch(/stream does not take it now.*make room/)
    await manager.streams.purge('S', { keep: 3 })
    expect(await sink.write('s.a', 0, rest.slice(settled))).toEqual([])
    const stored = (await storedIn(manager, 'S')).map(({ value }) => `${value}`.slice(0, 1))
    expect(stored).toEqual(['0', '1', '2', 'y', '3', '4', '5'])
  })

  it('refuses what the server, or the stream, will never take, and nothing else', async () => {
    await using server = await startNats('max_payload: 100000')
    const { manager } = await withStream(server, { max_msg_size: 5_000 })
    const sink = await open(server)
    for (const size of [200_000, 6_000]) {
      const bad = record(Buffer.alloc(size))
      const error = await failure(sink.write('s.a', 0, [...numbered(2), bad, ...numbered(2)]))
      expect([error.reason, error.settled]).toEqual(['too_large', 2])
      expect(await sink.write('s.a', 0, [bad])).toEqual([
        { index: 0, reason: 'too_large', detail: expect.stringMatching(/raise/) },
      ])
    }
    expect(await storedIn(manager, 'S')).toHaveLength(4)
  })

  it('loses nothing and stores nothing twice when the server is killed under load', async () => {
    await using server = await startNats()
    const { manager } = await withStream(server)
    const sink = await open(server, 'jetstream')
    const records = numbered(4_000)
    let ended = false
    const writing = writeAll(sink, 's.a', records).finally(() => {
      ended = true
    })
    for (const enough of [300, 1_500]) {
      const { manager: now } = await server.client()
      await until(async () => ended || (await now.streams.info('S')).state.messages > enough, { what: 'some messages' })
      await server.kill()
      await server.start()
    }
    const reasons = await writing
    expect(reasons.length).toBeGreaterThan(0)
    const { manager: after } = await server.client()
    expect((await storedIn(after, 'S')).map(({ value }) => `${value}`)).toEqual(records.map((_, at) => `${at}`))
    await expect(manager.streams.info('S')).rejects.toThrow()
  })

  it('says so when no stream covers the subject, at the start and later', async () => {
    await using server = await startNats()
    const sink = await open(server, 'jetstream')
    const { reason, message } = await failure(sink.describe('s.a'))
    expect(reason).toBe('no_topic')
    expect(message).toMatch(/no stream covers the subject s\.a; add one.*NATS_MODE=core/)
    const { manager } = await withStream(server)
    await sink.describe('s.a')
    await sink.write('s.a', 0, numbered(1))
    await manager.streams.delete('S')
    expect((await failure(sink.write('s.a', 0, numbered(1)))).reason).toBe('no_topic')
    await manager.streams.add({ name: 'OTHER', subjects: ['s.>'] })
    expect(await writeAll(sink, 's.a', numbered(2))).toHaveLength(1)
    expect(await storedIn(manager, 'OTHER')).toHaveLength(2)
  })

  it('waits for a server that is frozen, and stores once what it had not acknowledged', async () => {
    await using server = await startNats()
    const { manager } = await withStream(server)
    const events: Event[] = []
    const sink = await open(server, 'jetstream', events)
    await sink.write('s.a', 0, numbered(1))
    server.signal('SIGSTOP')
    const records = numbered(20, 1)
    const writing = writeAll(sink, 's.a', records)
    await until(() => events.some(({ type }) => type === 'kafka.lost'), { what: 'the loss to be said' })
    server.signal('SIGCONT')
    await writing
    expect((await storedIn(manager, 'S')).map(({ value }) => `${value}`)).toEqual(numbered(21).map((_, at) => `${at}`))
  })
})

describe('core', () => {
  it('hands to whoever listens, and says that nothing is kept', async () => {
    await using server = await startNats('', { jetstream: false })
    const { connection } = await server.client()
    const heard: string[] = []
    connection.subscribe('s.a', { callback: (_, message) => void heard.push(message.string()) })
    await connection.flush()
    const sink = await open(server)
    expect((await sink.describe('s.a')).unkept).toMatch(/no stream covers the subject/)
    await sink.write('s.a', 0, numbered(2_000))
    await until(() => heard.length === 2_000, { what: 'all to be heard' })
    expect(heard).toEqual(numbered(2_000).map((_, at) => `${at}`))
  })

  it('takes up a stream that comes to cover the subject, and is not used for what need not be there', async () => {
    await using server = await startNats()
    const sink = await open(server)
    expect((await sink.describe('s.a')).unkept).toBeDefined()
    const { manager } = await withStream(server)
    expect((await sink.describe('s.a')).unkept).toBeUndefined()
    await sink.write('s.a', 0, numbered(2))
    expect(await storedIn(manager, 'S')).toHaveLength(2)
  })

  it('counts nothing that was published while the server was away', async () => {
    await using server = await startNats('', { jetstream: false })
    const sink = await open(server, 'core')
    await sink.write('s.a', 0, numbered(1))
    await server.kill()
    for (let attempt = 0; attempt < 5; attempt++) {
      const { reason, settled } = await failure(sink.write('s.a', 0, numbered(100)))
      expect([reason, settled]).toEqual(['connect', 0])
    }
    await server.start()
    const { connection } = await server.client()
    const heard: string[] = []
    connection.subscribe('s.a', { callback: (_, message) => void heard.push(message.string()) })
    await connection.flush()
    await writeAll(sink, 's.a', numbered(10, 500))
    await until(() => heard.length >= 10, { what: 'what is written now to be heard' })
    expect(heard).toEqual(numbered(10, 500).map((_, at) => `${500 + at}`))
  })

  it('counts of a large write what was flushed before the server died, at most', async () => {
    await using server = await startNats('', { jetstream: false })
    const { connection } = await server.client()
    let heard = 0
    connection.subscribe('s.a', {
      callback: () => {
        heard++
      },
    })
    await connection.flush()
    const sink = await open(server, 'core')
    const records = Array.from({ length: 40_000 }, () => record(Buffer.alloc(1_000)))
    const writing = failure(sink.write('s.a', 0, records))
    await until(() => heard > 1_000, { what: 'a part of it', everyMs: 1 })
    await server.kill()
    const { settled } = await writing
    expect(settled).toBeGreaterThan(0)
    expect(settled).toBeLessThan(records.length)
    expect(settled % 500).toBe(0)
  })

  it('says that the server does not permit it, though that comes when it likes', async () => {
    const user = 'authorization { users: [{ user: u, password: p, permissions: { publish: "other" } }] }'
    await using server = await startNats(user, { jetstream: false })
    const { port } = new URL(server.url)
    const sink = await open({ url: `nats://u:p@127.0.0.1:${port}` }, 'core')
    const { reason, settled } = await failure(sink.write('s.a', 0, numbered(3)))
    expect([reason, settled]).toEqual(['authorization', 0])
    const wrong = await open({ url: `nats://u:wrong@127.0.0.1:${port}` }, 'core')
    const refused = await failure(wrong.describe('s.a'))
    expect(refused.reason).toBe('authentication')
    expect(refused.message).not.toContain('wrong@')
    expect((await failure(wrong.describe('s.a'))).reason).toBe('authentication')
  })
})
