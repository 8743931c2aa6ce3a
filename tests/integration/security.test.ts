// TLS and SASL against a real broker that asks for them, through both clients.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../app/errors.ts'
import { Clock } from '../../app/lib/clock.ts'
import { closeHttp } from '../../app/lib/http-client.ts'
import type { KafkaRecord, Sink } from '../../app/model.ts'
import { type SinkOptions, sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { keyStore } from '../support/broker-tls.ts'
import { certify } from '../support/certificates.ts'
import { createTopic, kafkaClient, readTopic } from '../support/stack.ts'

const PASSWORD = 'open=sesame;42+%'
const authority = certify({ commonName: 'Test Authority', authority: true })
const stranger = certify({ commonName: 'Unknown Authority', authority: true })
const here = { names: ['127.0.0.1', 'localhost'] }
const server = certify({ commonName: 'broker', ...here }, authority)
const expired = certify({ commonName: 'old', ...here, fromDay: -20, toDay: -10 }, authority)
const elsewhere = certify({ commonName: 'moved', names: ['elsewhere.example'] }, authority)
const client = certify({ commonName: 'client' }, authority)

const opened: Sink[] = []
let kafka: Kafka
let tokens: { url: string; server: Server }
/** Claims of the next token, beside `sub`. */
let claims: Record<string, number> = {}

beforeAll(async () => {
  tokens = await tokenEndpoint()
  kafka = await startKafka({
    listeners: ['SECURE', 'MUTUAL', 'EXPIRED', 'ELSEWHERE'].map((name) => ({
      name,
      protocol: name === 'SECURE' ? 'SASL_SSL' : 'SSL',
    })),
    scram: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => `${mechanism}=[name=alice,password=${PASSWORD}]`),
    properties: {
      ...keyStore('secure', server),
      ...keyStore('mutual', server),
      ...keyStore('expired', expired),
      ...keyStore('elsewhere', elsewhere),
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.mutual.ssl.truststore.type': 'PEM',
      'listener.name.mutual.ssl.truststore.certificates': authority.cert,
      'listener.name.secure.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      ...jaas('plain', 'plain.PlainLoginModule', `user_alice="${PASSWORD}" user_bob="${PASSWORD}"`),
      ...jaas('scram-sha-256', 'scram.ScramLoginModule'),
      ...jaas('scram-sha-512', 'scram.ScramLoginModule'),
      ...jaas('oauthbearer', 'oauthbearer.OAuthBearerLoginModule', 'unsecuredLoginStringClaim_sub="broker"'),
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:CN=client',
    },
  })
})
afterEach(async () => {
  claims = {}
  await Promise.all(opened.splice(0).map((sink) => sink.close()))
})
afterAll(async () => {
  await kafka?.stop()
  await closeHttp()
  await new Promise((resolve) => tokens.server.close(resolve))
})

describe.each(['platformatic', 'kafkajs'] as const)('%s', (name) => {
  async function open(listener: string, over: Partial<SinkOptions>): Promise<Sink> {
    const address = kafka.listeners[listener] ?? kafka.bootstrapServers
    const sink = (await loadKind(sinks, name))(
      {},
      {
        kafka: {
          brokers: [address],
          clientId: 'secure',
          tls: { ca: authority.cert, cert: undefined, key: undefined },
          sasl: undefined,
          requestTimeoutMs: 5_000,
          connectTimeoutMs: 5_000,
          compression: 'none',
          ...over,
        },
        emit: () => {},
        clock: new Clock(),
      },
    )
    opened.push(sink)
    return sink
  }

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const)(
    'writes over TLS as a user of %s',
    async (mechanism) => {
      const topic = await newTopic()
      const sink = await open('SECURE', { sasl: sasl(mechanism) })
      await retrying(() => sink.write(topic, 0, texts('in secret')))
      expect(await retrying(() => sink.describe(topic))).toMatchObject({ partitions: 1 })
      const read = await readTopic(topic, 1, { bootstrapServers: kafka.bootstrapServers, timeoutMs: 50_000 })
      expect(read.map(({ value }) => String(value))).toEqual(['in secret'])
    },
  )

  it.each(['PLAIN', 'SCRAM-SHA-256', 'OAUTHBEARER'] as const)(
    'connects with a certificate authority and credentials of %s that were renewed in place',
    async (mechanism) => {
      const topic = await newTopic()
      const right = sasl(mechanism)
      const wrong = { ...right, ...('password' in right ? { password: 'old' } : { clientSecret: 'old' }) }
      const tls = { ca: stranger.cert, cert: undefined, key: undefined }
      const sink = await open('SECURE', { tls, sasl: wrong })
      const refused = (): Promise<Unavailable> => failureOf(() => sink.describe(topic))
      expect((await refused()).message).toMatch(/authority that is not trusted/)
      Object.assign(tls, { ca: authority.cert })
      const { message, reason } = await refused()
      expect([reason, /not trusted/.test(message)]).toEqual(['authentication', false])
      Object.assign(wrong, right)
      expect(await retrying(() => sink.describe(topic))).toMatchObject({ partitions: 1 })
      await retrying(() => sink.write(topic, 0, texts('renewed')))
    },
  )

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    'says authentication for a wrong password of %s, without it',
    async (mechanism) => {
      const wrong = { mechanism, username: 'alice', password: 'not-this-one' }
      const sink = await open('SECURE', { sasl: wrong })
      for (const call of [() => sink.write('any', 0, texts('a')), () => sink.describe('any')]) {
        const failure = await failureOf(call)
        expect(failure).toMatchObject({ reason: 'authentication' })
        expect(failure.message).toMatch(/authenticat/i)
        expect(chain(failure)).not.toContain('not-this-one')
      }
    },
  )

  it('says authentication for a token that the broker refuses, and for a client that the endpoint refuses', async () => {
    claims = { exp: 1 }
    const late = await open('SECURE', { sasl: sasl('OAUTHBEARER') })
    expect(await failureOf(() => late.write('any', 0, texts('a')))).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('refused the OAuth token'),
    })
    const unknown = { ...sasl('OAUTHBEARER'), clientSecret: 'not-this-one' } as SinkOptions['sasl']
    const sink = await open('SECURE', { sasl: unknown })
    const failure = await failureOf(() => sink.write('any', 0, texts('a')))
    expect(failure).toMatchObject({ reason: 'authentication', message: expect.stringContaining('status 401') })
    expect(chain(failure)).not.toContain('not-this-one')
  })

  it.each([
    ['an authority that is not ours', 'SECURE', { ca: stranger.cert }, 'KAFKA_SSL_CA_FILE'],
    ['an authority that the system does not know', 'SECURE', { ca: undefined }, 'KAFKA_SSL_CA_FILE'],
    ['a certificate that has expired', 'EXPIRED', {}, 'expired'],
    ['a certificate for another host', 'ELSEWHERE', {}, 'another host name'],
  ])('refuses %s and says so', async (_, listener, over, text) => {
    const tls = { ca: authority.cert, cert: undefined, key: undefined, ...over }
    const sink = await open(listener, { tls })
    expect(await failureOf(() => sink.describe('any'))).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining(text),
    })
  })

  it('shows its own certificate where the broker asks for one', async () => {
    const topic = await newTopic()
    const sink = await open('MUTUAL', { tls: { ca: authority.cert, ...client } })
    await retrying(() => sink.write(topic, 0, texts('with a certificate')))
    const bare = await open('MUTUAL', {})
    expect(await failureOf(() => bare.write(topic, 0, texts('without')))).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('certificate'),
    })
    expect(await readTopic(topic, 0, { bootstrapServers: kafka.bootstrapServers })).toHaveLength(1)
  })

  it('never falls back to plaintext, nor mistakes it for TLS', async () => {
    const overPlain = await open('PLAINTEXT', {})
    expect(await failureOf(() => overPlain.describe('any'))).toBeInstanceOf(Unavailable)
    const plainToTls = await open('MUTUAL', { tls: undefined })
    expect(await failureOf(() => plainToTls.describe('any'))).toBeInstanceOf(Unavailable)
  })

  it('makes do with the right to write: the limit is assumed, another topic is authorization', async () => {
    const [mine, other] = [await newTopic({ 'max.message.bytes': '5000' }), await newTopic()]
    await permitWriting('User:bob', mine)
    const sink = await open('SECURE', { sasl: { mechanism: 'PLAIN', username: 'bob', password: PASSWORD } })
    await retrying(() => sink.write(mine, 0, texts('mine')))
    expect(await sink.describe(mine)).toEqual({ partitions: 1, maxMessageBytes: 1_048_588 })
    expect(await failureOf(() => sink.write(other, 0, texts('a')))).toMatchObject({ reason: 'authorization' })
  })
})

function sasl(mechanism: NonNullable<SinkOptions['sasl']>['mechanism']): NonNullable<SinkOptions['sasl']> {
  if (mechanism !== 'OAUTHBEARER') return { mechanism, username: 'alice', password: PASSWORD }
  return { mechanism, tokenEndpointUrl: tokens.url, clientId: 'alice', clientSecret: PASSWORD }
}

function texts(...values: string[]): KafkaRecord[] {
  return values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1_700_000_000_000 }))
}

function jaas(mechanism: string, module: string, options = ''): Record<string, string> {
  const config = `org.apache.kafka.common.security.${module} required ${options};`
  return { [`listener.name.secure.${mechanism}.sasl.jaas.config`]: config }
}

/** Gives the unsecured tokens that the broker's own validator takes, to a client that knows the secret. */
async function tokenEndpoint(): Promise<typeof tokens> {
  const expected = `Basic ${Buffer.from(`alice:${encodeURIComponent(PASSWORD)}`).toString('base64')}`
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
  const server = createServer((request, response) => {
    request.resume()
    if (request.headers.authorization !== expected) return response.writeHead(401).end()
    const now = Math.floor(Date.now() / 1000)
    const jwt = `${part({ alg: 'none' })}.${part({ sub: 'alice', iat: now - 10, exp: now + 600, ...claims })}.`
    return response.writeHead(200).end(JSON.stringify({ access_token: jwt, expires_in: 600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, server }
}

function newTopic(config: Record<string, string> = {}): Promise<string> {
  return createTopic({ config, bootstrapServers: kafka.bootstrapServers })
}

async function permitWriting(principal: string, topic: string): Promise<void> {
  const admin = kafkaClient(kafka.bootstrapServers).admin()
  await admin.connect()
  const allow = {
    resourceType: 2,
    resourceName: topic,
    resourcePatternType: 3,
    principal,
    host: '*',
    permissionType: 3,
  }
  // Write implies describe.
  await admin.createAcls({ acl: [{ ...allow, operation: 4 }] })
  await admin.disconnect()
}

async function failureOf(call: () => Promise<unknown>): Promise<Unavailable> {
  const failure = await call().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Unavailable)) throw new Error('it was expected to be Unavailable', { cause: failure })
  return failure
}

/** All that is written in an error and its causes. */
function chain(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) parts.push(at.message, JSON.stringify(at), String(at.stack))
  return parts.join('\n')
}

async function retrying<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + 10_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
