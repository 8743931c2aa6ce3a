/** One deadline, one size limit, no redirects, nothing secret in errors, nothing left open. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { closeHttp, failureOf, type HttpRequest, request } from '../../../app/lib/http-client.ts'
import { until } from '../../support/until.ts'

let server: Server | undefined
afterEach(async () => {
  await closeHttp()
  server?.closeAllConnections()
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  server = undefined
})

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}
const limits = { timeoutMs: 5_000, maxBytes: 1_000 }
const failure = (options: HttpRequest): Promise<Error> =>
  request(options).then(
    () => Promise.reject(new Error('was answered')),
    (error: Error) => error,
  )

describe('request', () => {
  it('sends method, headers and body, and answers any status with lower-case headers', async () => {
    const url = await serve(async (asked, response) => {
      const body = (await asked.toArray()).join('')
      response
        .writeHead(418, { 'X-Tea': ['a', 'b'] })
        .end(`${asked.method} ${asked.url} ${asked.headers['x-sent']} ${body}`)
    })
    const answer = await request({
      url: `${url}/p?q=1`,
      method: 'POST',
      headers: { 'x-sent': 'yes' },
      body: 'pot',
      ...limits,
    })
    expect([answer.status, answer.body.toString(), answer.headers['x-tea']]).toEqual([
      418,
      'POST /p?q=1 yes pot',
      'a, b',
    ])
  })

  it('does not follow redirects', async () => {
    const url = await serve((_asked, response) => response.writeHead(307, { location: '/elsewhere' }).end())
    expect(await request({ url, ...limits })).toMatchObject({ status: 307, headers: { location: '/elsewhere' } })
  })

  it('takes a body of exactly the limit and no byte more', async () => {
    const url = await serve((asked, response) => response.end(Buffer.alloc(Number(asked.url?.slice(1)))))
    expect((await request({ url: `${url}/1000`, ...limits })).body.length).toBe(1_000)
    const error = await failure({ url: `${url}/1001`, ...limits })
    expect([failureOf(error), error.message]).toEqual(['response', expect.stringContaining('larger than 1000 bytes')])
  })

  it('has one deadline for the whole exchange: a body that drips does not move it', async () => {
    const url = await serve((_asked, response) => {
      const timer = setInterval(() => response.write('.'), 5)
      response.on('close', () => clearInterval(timer))
    })
    expect(failureOf(await failure({ url, timeoutMs: 100, maxBytes: 1e6 }))).toBe('timeout')
  })

  it('gives up when the signal aborts', async () => {
    const url = await serve(() => stop.abort())
    const stop = new AbortController()
    expect(failureOf(await failure({ url, ...limits, signal: stop.signal }))).toBe('aborted')
  })

  it.each([
    'http://127.0.0.1:1/path?token=hunter2',
    'https://127.0.0.1:1/hunter2',
    'ftp://127.0.0.1/hunter2',
    'hunter2',
    'http://hunter2@',
  ])('names no secret: %s', async (url) => {
    const error = await failure({ url, headers: { authorization: 'Bearer hunter2' }, ...limits })
    expect(failureOf(error)).toBe('connect')
    expect(`${error.message} ${JSON.stringify(error.cause ?? '')}`).not.toContain('hunter2')
  })

  it('calls what is not HTTP a response, and does not quote it', async () => {
    const tcp = createTcpServer((socket) => socket.on('error', () => {}).once('data', () => socket.end('hunter2\r\n')))
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    const error = await failure({ url: `http://127.0.0.1:${(tcp.address() as AddressInfo).port}`, ...limits })
    tcp.close()
    expect(failureOf(error)).toBe('response')
    expect(error.cause).toBeUndefined()
    expect(error.message).not.toContain('hunter2')
  })
})

describe('closeHttp', () => {
  it('closes kept connections, and later requests open new ones', async () => {
    let connections = 0
    const url = await serve((_asked, response) => response.end())
    server?.on('connection', (socket) => {
      connections++
      socket.on('close', () => connections--)
    })
    await request({ url, ...limits })
    await request({ url, ...limits })
    expect(connections).toBeGreaterThan(0)
    await closeHttp()
    await until(() => connections === 0, { what: 'the connection to close' })
    expect((await request({ url, ...limits })).status).toBe(200)
  })
})

describe('failureOf', () => {
  it('knows only the errors of request', () => expect(failureOf(new Error('x'))).toBeUndefined())
})
