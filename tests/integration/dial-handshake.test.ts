/** Handshakes that go wrong, in every way a server and a network know. */
import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { SourceLost } from '../../app/errors.ts'
import { startUpstream } from '../support/upstream.ts'
import { live, sourceOf } from '../support/upstream-client.ts'
import { refusedPort, startRawUpstream, switching } from '../support/upstream-raw.ts'

describe('a handshake', () => {
  it.each([
    ['200 OK', '', { pace: 'normal', retryAfterMs: undefined }],
    ['301 Moved Permanently', 'Location: ws://127.0.0.1:1/\r\n', { pace: 'normal' }],
    ['401 Unauthorized', '', { pace: 'slow' }],
    ['403 Forbidden', '', { pace: 'slow' }],
    ['404 Not Found', '', { pace: 'normal' }],
    ['429 Too Many Requests', 'Retry-After: 7\r\n', { pace: 'normal', retryAfterMs: 7_000 }],
    ['500 Internal Server Error', '', { pace: 'normal' }],
    ['503 Service Unavailable', 'Retry-After: 90\r\n', { pace: 'normal', retryAfterMs: 90_000 }],
  ])('answered with %s is lost with that status', async (status, header, expected) => {
    await using upstream = await startRawUpstream((socket) => {
      // The body never ends: nobody may wait for it.
      socket.write(`HTTP/1.1 ${status}\r\n${header}Content-Length: 1000000\r\n\r\nbody`)
    })
    const { lost, opened } = await live(sourceOf(upstream.url))
    expect(lost).toMatchObject({ reason: 'handshake_status', code: Number(status.slice(0, 3)), ...expected })
    expect(opened).toBe(false)
    expect(upstream.sockets).toHaveLength(1)
  })

  it.each([
    ['a wrong accept key', (head: string) => switching(head).replace(/Accept: ./, 'Accept: !')],
    [
      'an extension that was not asked for',
      (head: string) => switching(head, 'Sec-WebSocket-Extensions: permessage-deflate\r\n'),
    ],
    ['a subprotocol that was not asked for', (head: string) => switching(head, 'Sec-WebSocket-Protocol: x\r\n')],
    ['something that is not HTTP', () => 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['endless headers', () => `HTTP/1.1 101 Switching Protocols\r\nX: ${'x'.repeat(100_000)}`],
  ])('with %s is lost', async (_what, answer) => {
    await using upstream = await startRawUpstream((socket, head) => void socket.write(answer(head)))
    const { lost, opened } = await live(sourceOf(upstream.url))
    expect(lost?.reason).toBe('protocol')
    expect(opened).toBe(false)
  })

  it('that is never answered ends at its deadline', async () => {
    await using upstream = await startRawUpstream(() => undefined)
    const { lost } = await live(sourceOf(upstream.url, { handshakeTimeoutMs: 50 }))
    expect(lost?.reason).toBe('handshake_timeout')
  })

  it('that is dripped byte by byte ends at its deadline all the same', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nX: ')
      const drip = setInterval(() => socket.write('x'), 5)
      socket.once('close', () => clearInterval(drip))
    })
    const { lost } = await live(sourceOf(upstream.url, { handshakeTimeoutMs: 200 }))
    expect(lost?.reason).toBe('handshake_timeout')
  })

  it('on a connection that is reset is lost', async () => {
    await using upstream = await startRawUpstream((socket) => void socket.resetAndDestroy())
    expect((await live(sourceOf(upstream.url))).lost?.reason).toBe('connect')
  })

  it('to a refused port is lost', async () => {
    const port = await refusedPort()
    for (const host of ['127.0.0.1', 'localhost']) {
      const { lost } = await live(sourceOf(`ws://${host}:${port}/`))
      expect(lost).toMatchObject({ reason: 'connect', message: expect.stringContaining('ECONNREFUSED') })
    }
  })

  it('to a name that cannot exist is lost, without asking the network', async () => {
    expect((await live(sourceOf(`ws://${'a'.repeat(64)}/`))).lost?.reason).toBe('dns')
  })

  it('over TLS with a server that does not speak it is lost', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('plain text'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const { lost } = await live(sourceOf(`wss://127.0.0.1:${address.port}/`))
    expect(lost?.reason).toBe('tls')
    await new Promise((resolve) => server.close(resolve))
  })

  it('is given up when the source is told to stop', async () => {
    await using upstream = await startRawUpstream(() => stop.abort())
    const stop = new AbortController()
    expect(await live(sourceOf(upstream.url), stop.signal)).toMatchObject({ opened: false, lost: undefined })
  })

  it('is not begun with a URL or header that cannot be used, and the secret in it stays hidden', async () => {
    for (const options of [{ url: async () => 'secret' }, { headers: async () => ({ Authorization: 'sec\r\nret' }) }]) {
      const { lost } = await live(sourceOf('ws://127.0.0.1:1/', options))
      expect(lost).toBeInstanceOf(SourceLost)
      expect(lost?.reason).toBe('configuration')
      expect(lost?.message).not.toMatch(/sec/)
    }
  })

  it('asks for URL and headers anew each time', async () => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.close(1000) })
    let token = 0
    const source = sourceOf(upstream.url, {
      url: async () => `${upstream.url}?token=${++token}`,
      headers: async () => ({ Authorization: `Bearer ${token}` }),
    })
    await live(source)
    await live(source)
    expect(upstream.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/ws?token=1', 'Bearer 1'],
      ['/ws?token=2', 'Bearer 2'],
    ])
  })

  it('offers compression only when asked to', async () => {
    await using upstream = await startUpstream({
      perMessageDeflate: true,
      onSocket: (socket) => {
        socket.send('x'.repeat(10_000), () => socket.close(1000))
      },
    })
    const plain = await live(sourceOf(upstream.url))
    const compressed = await live(sourceOf(upstream.url, { compression: true }))
    expect(upstream.requests.map(({ headers }) => headers['sec-websocket-extensions']?.split(';')[0])).toEqual([
      undefined,
      'permessage-deflate',
    ])
    for (const { messages } of [plain, compressed]) expect(messages.map(({ data }) => data.length)).toEqual([10_000])
  })

  it('is followed by the open messages, as text and in order', async () => {
    await using upstream = await startUpstream()
    const stop = new AbortController()
    const openMessages = ['{"type":"subscribe","symbol":"A"}', 'Hello', '']
    const life = live(sourceOf(upstream.url, { openMessages: async () => openMessages }), stop.signal)
    const socket = await upstream.connection(1)
    await new Promise<void>((resolve) => {
      socket.on('message', () => upstream.received.length === 3 && resolve())
      if (upstream.received.length === 3) resolve()
    })
    expect(upstream.received).toEqual(openMessages.map((text) => ({ text, binary: false })))
    stop.abort()
    expect((await life).opened).toBe(true)
  })
})
