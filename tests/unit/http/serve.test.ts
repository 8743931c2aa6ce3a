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

const SLOW_MS = 10
let pagesMade = 0

/** Keeps the loop for itself. */
function slowPage(): Page {
  pagesMade++
  const until = performance.now() + SLOW_MS
  while (performance.now() < until);
  return text(200, 'slow\n')
}

const pages = new Map<string, () => Page | Promise<Page>>([
  ['/slow', slowPage],
  [
    '/counted',
    () => {
      pagesMade++
      return text(200, 'x'.repeat(1024 * 1024))
    },
  ],
  ['/text', () => text(200, 'grüße\n')],
  ['/json', async () => json(503, { a: [1] })],
  ['/large', () => text(200, 'x'.repeat(32 * 1024 * 1024))],
  ['/bug', () => Promise.reject(new TypeError('a bug'))],
])

async function listen(limits: Partial<HttpLimits> = {}): ReturnType<typeof serve> {
  const server = await serve(pages, '127.0.0.1', 0, { ...LIMITS, ...limits })
  opened.push(server)
  return server
}

async function start(limits: Partial<HttpLimits> = {}): Promise<number> {
  return (await listen(limits)).port
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

const REQUEST = 'GET /text HTTP/1.1\r\nhost: x\r\n\r\n'

/** Whether there is a place for one more client. */
async function getsIn(port: number): Promise<boolean> {
  const one = client(port, REQUEST)
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
    const server = await listen()
    const deaf = client(server.port, 'GET /large HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => deaf.socket.bytesRead > 0, { what: 'the answer to begin' })
    deaf.socket.pause()
    await until(() => server.connections() === 0, { what: 'the end' })
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

  it('has no more connections than its limit: one more ends the one that has been idle longest', async () => {
    const port = await start({ connections: 2, headersMs: 60_000, requestMs: 60_000 })
    const [first, second] = [client(port, REQUEST), client(port, REQUEST)]
    await until(() => first.answer() !== '' && second.answer() !== '', { what: 'two answers' })
    first.socket.write(REQUEST)
    await until(() => first.answer().split('HTTP/1.1').length === 3, { what: 'another answer' })
    const third = client(port, REQUEST)
    await until(() => third.answer() !== '' && second.closed(), { what: 'its answer and the end of another' })
    expect(first.closed()).toBe(false)
  })

  it.each([
    ['say nothing', ''],
    ['never end their request', 'GET /text HTTP/1.1\r\nhost:'],
  ])('answers others while many more than its limit %s', async (_what, request) => {
    const port = await start({ connections: 20, headersMs: 60_000, requestMs: 60_000 })
    const crowd = Array.from({ length: 50 }, () => client(port, request))
    await until(() => crowd.filter(({ closed }) => closed()).length === 30, { what: 'those over the limit to end' })
    for (let times = 0; times < 30; times++) expect(await getsIn(port)).toBe(true)
    expect(crowd.filter(({ closed }) => !closed()).length).toBeLessThan(20)
  })

  it('answers others while all it has do not read their answers', async () => {
    const server = await listen({ connections: 3, headersMs: 60_000, requestMs: 60_000 })
    const { port } = server
    const deaf = Array.from({ length: 3 }, () => client(port, 'GET /large HTTP/1.1\r\nhost: x\r\n\r\n'))
    await until(() => deaf.every(({ socket }) => socket.bytesRead > 0), { what: 'answers to begin' })
    for (const { socket } of deaf) socket.pause()
    for (let times = 0; times < 5; times++) expect(await getsIn(port)).toBe(true)
    expect(server.connections()).toBeLessThanOrEqual(3)
  })

  it('makes a page once for a thousand requests in one packet, and holds it once for a client that does not read', async () => {
    const made = pagesMade
    const port = await start({ requestsPerSocket: 2_000 })
    const before = process.memoryUsage().arrayBuffers
    const greedy = client(port, 'GET /counted HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000))
    greedy.socket.pause()
    await until(() => pagesMade > made, { what: 'the page to be made' })
    expect(await getsIn(port)).toBe(true)
    expect(pagesMade - made).toBeLessThan(10)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
  })

  it('spends no more than a tenth of the time on a page, whoever asks for it again and again', async () => {
    const port = await start({ requestsPerSocket: 2_000 })
    const url = `http://127.0.0.1:${port}/slow`
    const made = pagesMade
    const from = performance.now()
    while (pagesMade < made + 5) await (await fetch(url)).text()
    expect(performance.now() - from).toBeGreaterThan(4 * 9 * SLOW_MS)
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
