/** The contract of `Source`, over every entry of the registry. */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { sources } from '../../app/dial/index.ts'
import type { WebSocketOptions } from '../../app/dial/options.ts'
import { SourceLost } from '../../app/errors.ts'
import type { Message, Source } from '../../app/model.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { source as info, texts } from '../support/messages.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { live } from '../support/upstream-client.ts'

const KIB = 1024
const PATIENT = {
  headers: async () => ({}),
  openMessages: async () => [],
  handshakeTimeoutMs: 10_000,
  maxMessageBytes: 1024 * KIB,
  pingIntervalMs: 0,
  silenceTimeoutMs: undefined,
  ignore: [],
  alive: [],
  compression: false,
}
const never = new AbortController().signal

describe.each(Object.keys(sources) as (keyof typeof sources)[])('source %s', (name) => {
  const open = async (url: string, more: Partial<WebSocketOptions> = {}): Promise<Source> => {
    const make = await loadKind(sources, name)
    const options = { ...PATIENT, info: info(url), url: async () => url, ...more }
    return make(options, options)
  }

  it('yields every message exactly as it came and in order, text and binary alike, empty ones too', async () => {
    const sent = [
      Buffer.from('{"a":1}'),
      Buffer.alloc(0),
      Buffer.from('ü 👋'),
      Buffer.from([0xff, 0x00, 0xc3]),
      Buffer.alloc(200_000, 7),
    ]
    const before = Date.now()
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (const [i, data] of sent.entries()) socket.send(data, { binary: i % 2 === 1 })
        // Broken UTF-8 in a text message: for the parser to refuse, no reason to drop the connection.
        socket.send(Buffer.from([0xff]), { binary: false })
        for (let i = 0; i < 5_000; i++) socket.send(String(i))
        socket.close(1000, 'done')
      },
    })
    const source = await open(upstream.url)
    const { messages, ended, opened } = await live(source)
    expect(opened).toBe(true)
    expect(ended).toEqual({ code: 1000, detail: 'done' })
    expect(messages.slice(0, 5).map(({ data }) => data)).toEqual(sent)
    expect(messages[5]?.data).toEqual(Buffer.from([0xff]))
    expect(texts(messages.slice(6))).toEqual(Array.from({ length: 5_000 }, (_, i) => String(i)))
    for (const message of messages) {
      expect(message.source).toBe(source.info)
      expect(message.receivedAt).toBeGreaterThanOrEqual(before)
      expect(message.receivedAt).toBeLessThanOrEqual(Date.now())
    }
  })

  it('dials when it is pulled, once per receive', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close(1001) })
    const source = await open(upstream.url)
    const arrivals = source.receive(never, () => undefined)
    expect(upstream.sockets).toHaveLength(0)
    expect(await arrivals.next()).toEqual({ done: true, value: { code: 1001, detail: '' } })
    await live(source)
    expect(upstream.sockets).toHaveLength(2)
  })

  it('pauses the socket when nobody pulls, holds a bounded amount, and loses nothing after it goes on', async () => {
    const count = 3_000
    const data = Buffer.alloc(16 * KIB)
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (let i = 0; i < count; i++) {
          const numbered = Buffer.from(data)
          numbered.writeUInt32BE(i)
          socket.send(numbered)
        }
      },
    })
    const watermarkBytes = 256 * KIB
    // The shortest heartbeat: it must not kill what we paused ourselves.
    const source = await open(upstream.url, { watermarkBytes, pingIntervalMs: 20 })
    const messages: Message[] = []
    const arrivals = source.receive(never, () => undefined)
    const pull = async (): Promise<number> => {
      const next = await arrivals.next()
      if (next.done) throw new Error('the connection ended')
      messages.push(...next.value)
      return next.value.reduce((sum, message) => sum + message.data.length, 0)
    }
    await pull()
    const socket = await upstream.connection(1)
    let waiting = -1
    await until(
      () => {
        const before = waiting
        waiting = socket.bufferedAmount
        return waiting === before
      },
      { what: 'the upstream to be stuck', everyMs: 200 },
    )
    expect(waiting).toBeGreaterThan(20 * 1024 * KIB)
    expect(socket.readyState).toBe(socket.OPEN)
    // One read of the socket may come on top of the watermark.
    expect(await pull()).toBeLessThan(watermarkBytes + 256 * KIB)
    while (messages.length < count) await pull()
    expect(messages.map(({ data: one }) => one.readUInt32BE())).toEqual(Array.from({ length: count }, (_, i) => i))
    await arrivals.return({ code: undefined, detail: '' })
  })

  it('yields what had arrived before it says that the connection is lost', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (let i = 0; i < 100; i++) socket.send(String(i))
        socket.close(1011, 'oops')
      },
    })
    const { messages, lost } = await live(await open(upstream.url))
    expect(messages).toHaveLength(100)
    expect(lost).toBeInstanceOf(SourceLost)
    expect(lost).toMatchObject({ reason: 'closed', code: 1011, pace: 'normal' })
  })

  it('yields what had arrived when the connection closed while nobody pulled', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('first') })
    const arrivals = (await open(upstream.url)).receive(never, () => undefined)
    await arrivals.next()
    const socket = await upstream.connection(1)
    socket.send('last')
    socket.close(1000)
    await until(() => upstream.closed.length === 1, { what: 'the end of the connection' })
    // Its own side closes within the same turn or the next ones.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(texts((await arrivals.next()).value as Message[])).toEqual(['last'])
    expect(await arrivals.next()).toEqual({ done: true, value: { code: 1000, detail: '' } })
  })

  it('closes with 1001 when told to stop, yields what had arrived, and returns', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('a') })
    const stop = new AbortController()
    const arrivals = (await open(upstream.url)).receive(stop.signal, () => undefined)
    expect(texts((await arrivals.next()).value as Message[])).toEqual(['a'])
    upstream.sendAll('b')
    const pending = arrivals.next()
    expect(texts((await pending).value as Message[])).toEqual(['b'])
    const last = arrivals.next()
    stop.abort()
    expect((await last).done).toBe(true)
    await until(() => upstream.closed.length === 1, { what: 'the upstream to see the end' })
    expect(upstream.closed).toEqual([{ code: 1001, reason: '' }])
  })

  it('is rid of a paused connection too when told to stop', async () => {
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (let i = 0; i < 1_000; i++) socket.send(Buffer.alloc(16 * KIB))
      },
    })
    const stop = new AbortController()
    const arrivals = (await open(upstream.url, { watermarkBytes: 1 })).receive(stop.signal, () => undefined)
    await arrivals.next()
    stop.abort()
    await until(() => upstream.closed.length === 1, { what: 'the upstream to see the end' })
    let next = await arrivals.next()
    while (!next.done) next = await arrivals.next()
    expect(next.done).toBe(true)
  })

  it('leaves nothing behind on the signal, however often it is dialled', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close(1000) })
    const { signal } = new AbortController()
    const source = await open(upstream.url)
    for (let i = 0; i < 3; i++) await live(source, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('does not dial when it is told to stop before', async () => {
    await using upstream = await startUpstream()
    const life = await live(await open(upstream.url), AbortSignal.abort())
    expect(life).toMatchObject({ messages: [], opened: false, lost: undefined })
    expect(upstream.sockets).toHaveLength(0)
  })

  it('hangs up when whoever pulls goes away', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('a') })
    for await (const messages of (await open(upstream.url)).receive(never, () => undefined)) {
      expect(texts(messages)).toEqual(['a'])
      break
    }
    await until(() => upstream.closed.length === 1, { what: 'the upstream to see the end' })
    expect(upstream.closed).toEqual([{ code: 1001, reason: '' }])
  })
})
