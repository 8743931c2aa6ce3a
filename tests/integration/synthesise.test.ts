/** The synthesiser over real sockets: order, pace, back-pressure, every failure mode, and the command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { until } from '../../scripts/lib/until.ts'
import { DEFAULT_START_AT } from '../../scripts/synthesise/clock.ts'
import { garbageAt } from '../../scripts/synthesise/garbage.ts'
import { tradeMessages } from '../../scripts/synthesise/kinds/trades.ts'
import type { SynthesiserOptions } from '../../scripts/synthesise/options.ts'
import { type Synthesiser, startSynthesiser } from '../../scripts/synthesise/server.ts'

const FAST = Number.POSITIVE_INFINITY
const opened: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function start(options: Partial<SynthesiserOptions> = {}): Promise<Synthesiser> {
  const synthesiser = await startSynthesiser({ kind: 'trades', rate: FAST, ...options })
  opened.push(synthesiser)
  return synthesiser
}

interface Client {
  readonly ws: WebSocket
  readonly received: Buffer[]
  readonly pongs: string[]
  /** Close code, once closed. */
  readonly closed: Promise<number>
  texts(): string[]
}

function dial(url: string): Client {
  const ws = new WebSocket(url, { maxPayload: 1 << 20 })
  const received: Buffer[] = []
  const pongs: string[] = []
  ws.on('error', () => {})
  ws.on('message', (data) => received.push(data as Buffer))
  ws.on('pong', (data) => pongs.push(String(data)))
  const closed = new Promise<number>((resolve) => ws.once('close', resolve))
  opened.push({ close: () => ws.terminate() })
  return { ws, received, pongs, closed, texts: () => received.map(String) }
}

async function open(url: string): Promise<Client> {
  const client = dial(url)
  await once(client.ws, 'open')
  return client
}

/** The answer to a handshake that is refused. */
async function refusal(url: string): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
  const { ws } = dial(url)
  const [, response] = await once(ws, 'unexpected-response')
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] }
}

/** Resolves when the pong is back: everything that the server sent before it has arrived. */
async function roundTrip({ ws, pongs }: Client, mark: string): Promise<void> {
  ws.ping(mark)
  await until(() => pongs.includes(mark), { what: `pong ${mark}` })
}

/** Waits until a sender whose client does not read sends no more; answers how many messages it has sent. */
async function standstill(synthesiser: Synthesiser): Promise<number> {
  let before = -1
  const still = () => {
    const [now = 0] = synthesiser.sent()
    const same = now > 0 && now === before
    before = now
    return same
  }
  await until(still, { what: 'the sender to stand still', intervalMs: 300 })
  return before
}

function expected(count: number, connection = 0, seed = 'tributary'): string[] {
  const stream = tradeMessages({ seed, connection, startAt: DEFAULT_START_AT })
  return Array.from({ length: count }, () => stream.next().value.text)
}

describe('sending', () => {
  it('gives every connection its own stream, in order, and stops at the count with the connection open', async () => {
    const synthesiser = await start({ count: 2500, seed: 'x', record: true })
    const first = await open(synthesiser.url)
    const second = await open(synthesiser.url)
    await until(() => first.received.length >= 2500 && second.received.length >= 2500, { what: 'all messages' })
    await roundTrip(first, 'after')
    expect(first.texts()).toEqual(expected(2500, 0, 'x'))
    expect(second.texts()).toEqual(expected(2500, 1, 'x'))
    expect(synthesiser.sent()).toEqual([2500, 2500])
    expect(synthesiser.texts()).toEqual([first.texts(), second.texts()])
    expect(synthesiser.connections()).toBe(2)
  })

  it('paces 50,000 messages a second without losing or swapping one', async () => {
    const synthesiser = await start({ rate: 50_000, count: 30_000 })
    const client = await open(synthesiser.url)
    await until(() => client.received.length >= 30_000, { what: 'all messages' })
    expect(client.texts()).toEqual(expected(30_000))
  })

  it('waits for a client that does not read, and goes on where it stopped', async () => {
    const synthesiser = await start({ count: 60_000 })
    const client = await open(synthesiser.url)
    client.ws.pause()
    const before = await standstill(synthesiser)
    expect(before).toBeLessThan(60_000)
    client.ws.resume()
    await until(() => client.received.length >= 60_000, { what: 'the rest' })
    expect(client.texts()).toEqual(expected(60_000))
  })

  it('waits for subscriptions where the client speaks first', async () => {
    const synthesiser = await start({ kind: 'finnhub', count: 50 })
    const client = await open(synthesiser.url)
    client.ws.send('Hello')
    await until(() => client.received.length > 0, { what: 'the error' })
    await roundTrip(client, 'still')
    expect(client.texts().map((text) => JSON.parse(text).type)).toEqual(['error'])
    expect(synthesiser.sent()).toEqual([0])
    client.ws.send('{"type":"subscribe","symbol":"MSFT"}')
    await until(() => client.received.length >= 51, { what: 'trades' })
    expect(
      new Set(client.texts().flatMap((text) => (JSON.parse(text).data ?? []).map(({ s }: { s: string }) => s))),
    ).toEqual(new Set(['MSFT']))
  })
})

describe('failing', () => {
  it('goes silent while it stays open', async () => {
    const synthesiser = await start({ silentAfter: 5 })
    const client = await open(synthesiser.url)
    await until(() => client.received.length >= 5, { what: 'messages' })
    for (const mark of ['one', 'two', 'three']) await roundTrip(client, mark)
    expect(client.texts()).toEqual(expected(5))
    expect(client.ws.readyState).toBe(WebSocket.OPEN)
  })

  it.each([
    [{ closeAfter: { messages: 7 } }, 1000],
    [{ closeAfter: { messages: 7, code: 4001 }, dropAfter: 9 }, 4001],
    [{ dropAfter: 7, closeAfter: { messages: 9 } }, 1006],
    [{ dropAfter: 7, silentAfter: 7, count: 7 }, 1006],
  ])('ends as asked by %j, after all the messages have arrived', async (failure, code) => {
    const client = dial((await start(failure)).url)
    expect(await client.closed).toBe(code)
    expect(client.texts()).toEqual(expected(7))
  })

  it('cuts only when all has left, also when the client has not read it yet', async () => {
    const probe = await start()
    const first = await open(probe.url)
    first.ws.pause()
    // The last of these fill the sender's own buffer, as the kernel's are full.
    const messages = (await standstill(probe)) - 100
    first.ws.terminate()
    const synthesiser = await start({ dropAfter: messages })
    const client = await open(synthesiser.url)
    client.ws.pause()
    await standstill(synthesiser)
    client.ws.resume()
    expect(await client.closed).toBe(1006)
    expect(client.received.length).toBe(messages)
  })

  it('refuses handshakes with a status and Retry-After', async () => {
    const synthesiser = await start({ refuse: { status: 429, retryAfter: '120' } })
    expect(await refusal(synthesiser.url)).toEqual({ status: 429, retryAfter: '120' })
    expect(synthesiser.sent()).toEqual([])
  })

  it('mixes garbage in without touching the messages', async () => {
    const synthesiser = await start({ garbage: 3, count: 90, record: true })
    const client = await open(synthesiser.url)
    await until(() => client.received.length >= 120, { what: 'all' })
    const good = client.texts().filter((_, index) => index % 4 !== 3)
    const garbage = client.received.filter((_, index) => index % 4 === 3)
    expect(good).toEqual(expected(90))
    expect(garbage).toEqual(Array.from({ length: 30 }, (_, index) => Buffer.from(garbageAt(index))))
    expect([synthesiser.sent(), synthesiser.garbage(), synthesiser.texts()]).toEqual([[90], [30], [good]])
  })

  it.each([
    [false, ['mark']],
    [true, []],
  ])('with noPong %s the pongs are %j', async (noPong, pongs) => {
    const synthesiser = await start({ kind: 'finnhub', noPong })
    const client = await open(synthesiser.url)
    client.ws.ping('mark')
    // The answer to what follows the ping shows that the ping has been read.
    client.ws.send('Hello')
    await until(() => client.received.length > 0, { what: 'the answer' })
    expect(client.pongs).toEqual(pongs)
  })

  it('opens slowly, serves health meanwhile, and closes without waiting for those at the door', async () => {
    const quick = await start({ slowOpenMs: 5, count: 1 })
    await open(quick.url)
    const synthesiser = await start({ slowOpenMs: 3_600_000 })
    const { ws, closed } = dial(synthesiser.url)
    const health = await fetch(`http://127.0.0.1:${synthesiser.port}/health`)
    expect(await health.json()).toMatchObject({ connections: 0, sent: 0 })
    expect(ws.readyState).toBe(WebSocket.CONNECTING)
    await synthesiser.close()
    expect(await closed).toBe(1006)
  })

  it('answers 503 beyond the limit of connections, and lets the next in when one has left', async () => {
    const synthesiser = await start({ connections: 1, count: 1 })
    const first = await open(synthesiser.url)
    expect(await refusal(synthesiser.url)).toMatchObject({ status: 503 })
    first.ws.close()
    await until(() => synthesiser.connections() === 0, { what: 'the first to leave' })
    await open(synthesiser.url)
    expect(synthesiser.connections()).toBe(1)
  })

  it('survives a client that breaks the protocol', async () => {
    const synthesiser = await start({ rate: 1000 })
    const hostile = await open(synthesiser.url)
    const { _socket: socket } = hostile.ws as unknown as { _socket: import('node:net').Socket }
    socket.write(Buffer.from('ffffffffffffffffffffffff', 'hex'))
    await hostile.closed
    const client = await open(synthesiser.url)
    await until(() => client.received.length > 0, { what: 'messages' })
  })
})

describe('HTTP', () => {
  it('answers health with what it does, and 404 elsewhere', async () => {
    const synthesiser = await start({ kind: 'readings', count: 3 })
    const client = await open(synthesiser.url)
    await until(() => client.received.length >= 3, { what: 'messages' })
    const base = `http://127.0.0.1:${synthesiser.port}`
    const health = await fetch(`${base}/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toEqual({ status: 'up', kind: 'readings', connections: 1, sent: 3 })
    expect((await fetch(`${base}/ws`)).status).toBe(404)
    expect((await fetch(`${base}/health`, { method: 'POST' })).status).toBe(404)
    expect(await refusal(`ws://127.0.0.1:${synthesiser.port}/other`)).toMatchObject({ status: 404 })
    const query = await open(`${synthesiser.url}?token=secret`)
    expect(query.ws.readyState).toBe(WebSocket.OPEN)
  })

  it('closes every connection with 1001 and frees the port, also from clients that do not answer', async () => {
    const synthesiser = await start({ count: 1 })
    const polite = await open(synthesiser.url)
    const deaf = await open(synthesiser.url)
    deaf.ws.pause()
    const idle = connect(synthesiser.port, '127.0.0.1')
    await once(idle, 'connect')
    idle.on('error', () => {})
    await Promise.all([synthesiser.close(), synthesiser.close()])
    expect(await polite.closed).toBe(1001)
    await start({ port: synthesiser.port })
  })
})

describe('the command', () => {
  const main = fileURLToPath(new URL('../../scripts/synthesise/main.ts', import.meta.url))

  function run(...args: string[]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    opened.push({ close: () => child.kill('SIGKILL') })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    const exited = once(child, 'exit')
    return { child, output: () => output, exitCode: async () => (await exited)[0] as number | null }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address and seed, serves, and leaves with 0 on %s',
    async (signal) => {
      const { child, output, exitCode } = run('trades', '--rate', 'max', '--count', '10', '--seed', 'y')
      const [, url = ''] = await until(() => /(ws:\S+) \(seed y\)/.exec(output()), { what: 'the address' })
      const client = await open(url)
      await until(() => client.received.length >= 10, { what: 'messages' })
      expect(client.texts()).toEqual(expected(10, 0, 'y'))
      child.kill(signal)
      expect(await client.closed).toBe(1001)
      expect(await exitCode()).toBe(0)
    },
  )

  it('names the cure for a port that is taken and for a wrong option', async () => {
    const { port } = await start()
    const taken = run('trades', '--port', String(port))
    expect(await taken.exitCode()).toBe(69)
    expect(taken.output()).toMatch(/EADDRINUSE.*\n.*--port/)
    const wrong = run('trades', '--rate', 'fast')
    expect(await wrong.exitCode()).toBe(78)
    expect(wrong.output()).toMatch(/--rate takes a number/)
    expect(taken.output() + wrong.output()).not.toMatch(/ {4}at /)
  })
})
