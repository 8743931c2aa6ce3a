/** The operator's port: methods, paths, and clients that mean harm. */
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type HttpLimits, json, type Page, serve, text } from '../../../app/http.ts'
import { until } from '../../support/until.ts'

const LIMITS: HttpLimits = {
  connections: 5,
  headersMs: 100,
  requestMs: 300,
  headerBytes: 1_024,
  requestsPerSocket: 100,
}
const opened: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

const pages = new Map<string, () => Page | Promise<Page>>([
  ['/text', () => text(200, 'grüße\n')],
  ['/json', async () => json(503, { a: [1] })],
  ['/large', () => text(200, 'x'.repeat(32 * 1024 * 1024))],
  ['/bug', () => Promise.reject(new TypeError('a bug'))],
])

async function start(limits: Partial<HttpLimits> = {}): Promise<number> {
  const server = await serve(pages, '127.0.0.1', 0, { ...LIMITS, ...limits })
  opened.push(server)
  return server.port
}

interface Client {
  readonly socket: Socket
  /** All that was answered so far. */
  readonly answer: () => string
  readonly closed: () => boolean
}

function client(port: number, request = ''): Client {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  let closed = false
  socket.on('error', () => {})
  socket.on('data', (data) => (answer += String(data)))
  socket.on('close', () => (closed = true))
  socket.write(request)
  opened.push({ close: () => socket.destroy() })
  return { socket, answer: () => answer, closed: () => closed }
}

/** Whether there is a place for one more client. */
async function getsIn(port: number): Promise<boolean> {
  const one = client(port, 'GET /text HTTP/1.1\r\nhost: x\r\n\r\n')
  await until(() => one.answer() !== '' || one.closed(), { what: 'an answer or an end' })
  return one.answer() !== ''
}

describe('serve', () => {
  it('answers GET with the page, its type and its length in bytes, and HEAD with all but the page', async () => {
    const url = `http://127.0.0.1:${await start()}`
    const get = await fetch(`${url}/text?query`)
    expect([get.status, await get.text()]).toEqual([200, 'grüße\n'])
    expect(get.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const head = await fetch(`${url}/text`, { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '8'])
    const other = await fetch(`${url}/json`)
    expect([other.status, other.headers.get('content-type'), await other.json()]).toEqual([
      503,
      'application/json; charset=utf-8',
      { a: [1] },
    ])
    expect(other.headers.get('cache-control')).toBe('no-store')
  })

  it('answers 404 to other paths and 405 to other methods, whatever the path', async () => {
    const url = `http://127.0.0.1:${await start()}`
    for (const path of ['/', '/texts', '/text/', '//text', '/TEXT']) expect((await fetch(url + path)).status).toBe(404)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const path of ['/text', '/none']) {
        const response = await fetch(url + path, { method })
        expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
      }
    }
  })

  it('cuts the connection when a page fails, and goes on', async () => {
    const port = await start({ headersMs: 60_000, requestMs: 60_000 })
    const failed = client(port, 'GET /bug HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(failed.closed, { what: 'the cut' })
    expect(failed.answer()).toBe('')
    expect((await fetch(`http://127.0.0.1:${port}/text`)).status).toBe(200)
  })

  it.each([
    ['sends nothing', ''],
    ['stops within the head', 'GET /text HTTP/1.1\r\nhost:'],
    ['stops within the body', 'GET /text HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n1'],
  ])('ends the connection of a client that %s', async (_what, request) => {
    const late = client(await start(), request)
    await until(late.closed, { what: 'the end' })
  })

  it('ends the connection of a client that drips its head', async () => {
    const slow = client(await start({ requestMs: 60_000, headerBytes: 1024 * 1024 }), 'GET /text HTTP/1.1\r\n')
    const drip = setInterval(() => slow.socket.write('x: y\r\n'), 10)
    opened.push({ close: () => clearInterval(drip) })
    await until(slow.closed, { what: 'the end', timeoutMs: 5_000 })
  })

  it('ends the connection of a client that does not read its answer', async () => {
    const port = await start({ connections: 1 })
    const deaf = client(port, 'GET /large HTTP/1.1\r\nhost: x\r\n\r\n')
    deaf.socket.pause()
    await until(() => getsIn(port), { what: 'its place' })
  })

  it('refuses a head that is too large, and what is not HTTP', async () => {
    const port = await start()
    const large = client(port, `GET /text HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(2_000)}\r\n\r\n`)
    await until(large.closed, { what: 'the refusal' })
    expect(large.answer()).toMatch(/^HTTP\/1\.1 431 /)
    const other = client(port, '\x16\x03\x01 hello\r\n\r\n')
    await until(other.closed, { what: 'the refusal' })
    expect(other.answer()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('takes no more connections than its limit, and takes them again when others have gone', async () => {
    const port = await start({ connections: 2, headersMs: 60_000, requestMs: 60_000 })
    const request = 'GET /text HTTP/1.1\r\nhost: x\r\n\r\n'
    const [first, second] = [client(port, request), client(port, request)]
    await until(() => first.answer() !== '' && second.answer() !== '', { what: 'two answers' })
    const third = client(port, request)
    await until(third.closed, { what: 'the refusal' })
    expect(third.answer()).toBe('')
    first.socket.destroy()
    await until(() => getsIn(port), { what: 'a place' })
  })

  it('closes at once, whoever is connected', async () => {
    const server = await serve(pages, '127.0.0.1', 0)
    const idle = client(server.port, 'GET /text HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => idle.answer() !== '', { what: 'an answer' })
    await server.close()
    await until(idle.closed, { what: 'the end' })
  })

  it('rejects with the system error when the port is taken', async () => {
    const port = await start()
    await expect(serve(pages, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
  })
})
