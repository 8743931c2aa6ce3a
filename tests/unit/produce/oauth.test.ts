import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { closeHttp } from '../../../app/lib/http-client.ts'
import { tokenRefusal, tokenSource } from '../../../app/produce/oauth.ts'

const servers: Server[] = []
afterEach(async () => {
  await closeHttp()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

interface Asked {
  readonly authorization: string | undefined
  readonly body: string
}

/** A token endpoint on loopback; `answer` is called with the number of the request. */
async function endpoint(
  answer: (n: number, response: ServerResponse) => void,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ authorization: request.headers.authorization, body })
    answer(asked.length, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?x=hidden`, asked }
}

const source = (url: string, clientSecret = 's') =>
  tokenSource({ mechanism: 'OAUTHBEARER', tokenEndpointUrl: url, clientId: 'id', clientSecret }, undefined, 2_000)
const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

describe('tokenSource', () => {
  it('asks with the client credentials, once for all who wait, and keeps the token', async () => {
    const { url, asked } = await endpoint((n, response) => json(response, { access_token: `t${n}`, expires_in: 3600 }))
    const token = source(url, 'a:b c+')
    expect(await Promise.all([token(), token()])).toEqual(['t1', 't1'])
    expect(await token()).toBe('t1')
    expect(asked).toHaveLength(1)
    expect(asked[0]?.body).toBe('grant_type=client_credentials')
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('id:a%3Ab+c%2B').toString('base64')}`)
  })

  it('asks again when the token is about to expire', async () => {
    const { url } = await endpoint((n, response) => json(response, { access_token: `t${n}`, expires_in: 0.001 }))
    const token = source(url)
    expect(await token()).toBe('t1')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await token()).toBe('t2')
  })

  it('asks again in time when the clock is set back meanwhile', async () => {
    const { url } = await endpoint((n, response) => json(response, { access_token: `t${n}`, expires_in: 0.001 }))
    const token = source(url)
    expect(await token()).toBe('t1')
    const { now } = Date
    Date.now = () => now() - 7_200_000
    try {
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await token()).toBe('t2')
    } finally {
      Date.now = now
    }
  })

  it.each([
    [401, { error: 'invalid_client', echo: 'top-secret' }, 'authentication', 'status 401'],
    [503, 'busy', 'connect', 'status 503'],
    [200, { token: 'misnamed' }, 'authentication', 'no access_token'],
    [200, 'text', 'authentication', 'no access_token'],
  ])(
    'turns the answer %i %j into %s, without secrets, and asks again next time',
    async (status, body, reason, text) => {
      const { url } = await endpoint((n, response) =>
        n === 1 ? json(response, body, status) : json(response, { access_token: 'good' }),
      )
      const token = source(url, 'top-secret')
      const failure = await token().catch((error) => error)
      expect(failure).toMatchObject({ name: 'Unavailable', reason, message: expect.stringContaining(text) })
      expect(failure.message).not.toMatch(/top-secret|hidden/)
      expect(await token()).toBe('good')
    },
  )

  it('says connect where nobody listens', async () => {
    await expect(source('http://127.0.0.1:1/token')()).rejects.toMatchObject({ name: 'Unavailable', reason: 'connect' })
  })
})

describe('tokenRefusal', () => {
  it('sees a refusal in the content, and none in an empty answer', () => {
    expect(tokenRefusal(Buffer.alloc(0))).toBeUndefined()
    expect(tokenRefusal(null)).toBeUndefined()
    expect(tokenRefusal(Buffer.from('{"status":"invalid_token"}'))).toMatchObject({ reason: 'authentication' })
    expect(tokenRefusal(Buffer.from('garbage'))).toMatchObject({ reason: 'authentication' })
  })
})
