/** Every answer that a registry, or what stands in its place, may give. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import type { RegistryConfig } from '../../../app/config/types.ts'
import { type Known, type Latest, latestSchema } from '../../../app/encode/registry.ts'
import { Unavailable } from '../../../app/errors.ts'
import { Clock, TOLERANCE_MS } from '../../../app/lib/clock.ts'
import { closeHttp } from '../../../app/lib/http-client.ts'
import {
  answer,
  entries,
  type Script,
  type ScriptedRegistry,
  scriptedRegistry,
  status,
} from '../../fixtures/scripted-registry.ts'

const never = new AbortController().signal
const entry = (id: number, extra: object = {}): object => ({
  subject: 's-value',
  id,
  version: 3,
  schema: '"text"',
  ...extra,
})
const reference = (subject: string, version = 1): object => ({ name: subject, subject, version })

let registry: ScriptedRegistry | undefined
afterEach(async () => {
  await registry?.close()
  registry = undefined
})
afterAll(closeHttp)

async function ask(script: Script, settings: Partial<RegistryConfig> = {}, known?: Known): Promise<Latest> {
  registry = await scriptedRegistry(script, settings)
  return latestSchema({ ...registry.config, clock: new Clock() }, 's-value', never, known)
}

async function failure(asked: Promise<Latest>): Promise<Unavailable> {
  const error: unknown = await asked.then(
    () => new Error('was answered'),
    (reason: unknown) => reason,
  )
  if (error instanceof Unavailable) return error
  throw error
}

describe('latestSchema', () => {
  it('asks for the latest version, below the path of the URL', async () => {
    registry = await scriptedRegistry(answer(entry(7)))
    const config = { ...registry.config, clock: new Clock(), url: `${registry.config.url}/apis/ccompat/v7/` }
    expect(await latestSchema(config, 'a/b c-value', never)).toMatchObject({ id: 7, version: 3, texts: ['"text"'] })
    expect(registry.requests).toEqual([
      { path: '/apis/ccompat/v7/subjects/a%2Fb%20c-value/versions/latest', authorization: undefined },
    ])
  })

  it.each<[Partial<RegistryConfig>, string]>([
    [{ basicAuth: 'user:pä:ss' }, `Basic ${Buffer.from('user:pä:ss').toString('base64')}`],
    [{ bearerToken: 'token' }, 'Bearer token'],
  ])('shows its credentials: %j', async (settings, expected) => {
    await ask(answer(entry(1)), settings)
    expect(registry?.requests[0]?.authorization).toBe(expected)
  })

  it('resolves references first, each once, and not for a schema that is known', async () => {
    const known = {
      's-value/versions/latest': entry(9, { references: [reference('a'), reference('b', 2)] }),
      'a/versions/1': entry(1, { schema: 'A', references: [reference('c', 5)] }),
      'b/versions/2': entry(2, { schema: 'B', references: [reference('c', 5)] }),
      'c/versions/5': entry(3, { schema: 'C', references: null }),
    }
    const latest = await ask(entries(known))
    expect(latest.texts).toEqual(['C', 'A', 'B', '"text"'])
    expect(registry?.requests).toHaveLength(4)
    await registry?.close()
    expect((await ask(entries(known), {}, latest)).texts).toBeUndefined()
    expect(registry?.requests).toHaveLength(1)
    await registry?.close()
    const moved = { ...known, 's-value/versions/latest': entry(9, { references: [reference('a'), reference('c', 5)] }) }
    expect((await ask(entries(moved), {}, latest)).texts).toEqual(['C', 'A', '"text"'])
  })

  it('comes to an end when references go round in a circle', async () => {
    const known = {
      's-value/versions/latest': entry(9, { references: [reference('a')] }),
      'a/versions/1': entry(1, { schema: 'A', references: [reference('b')] }),
      'b/versions/1': entry(2, { schema: 'B', references: [reference('a')] }),
    }
    expect((await ask(entries(known))).texts).toEqual(['B', 'A', '"text"'])
  })

  it('gives up on references without end', async () => {
    const endless: Script = (request, response) => {
      const version = Number(/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0)
      answer(entry(1, { references: [reference('a', version + 1)] }))(request, response)
    }
    expect(await failure(ask(endless))).toMatchObject({ reason: 'bad_schema' })
  })

  it.each<[string, Script, string, RegExp]>([
    ['a subject that is not there', entries({}), 'no_subject', /no subject s-value.*register/],
    [
      'a reference that is not there',
      entries({ 's-value/versions/latest': entry(1, { references: [reference('gone')] }) }),
      'no_subject',
      /gone, which s-value refers to/,
    ],
    ['wrong credentials', status(401), 'authentication', /401/],
    ['missing rights', status(403), 'authorization', /403/],
    ['a fault', status(500, 'secret'), 'response', /500/],
    ['a limit', status(429), 'response', /429/],
    ['a redirect', (_q, r) => r.writeHead(302, { location: 'http://elsewhere.invalid/' }).end(), 'response', /302/],
    ['a web page', status(200, '<html>secret login</html>'), 'response', /no schema/],
    ['nothing', status(200), 'response', /no schema/],
    ['null', answer(null), 'response', /no schema/],
    ['a list of versions', answer([1, 2]), 'response', /no schema/],
    ['an id that is no number', answer(entry(1, { id: '7' })), 'response', /no schema/],
    ['an id beyond the header', answer(entry(2 ** 31)), 'response', /no schema/],
    ['a schema that is no text', answer(entry(1, { schema: { type: 'string' } })), 'response', /no schema/],
    ['references that are none', answer(entry(1, { references: [{ name: 'x' }] })), 'response', /references/],
    ['a JSON schema', answer(entry(1, { schemaType: 'JSON' })), 'bad_schema', /not Avro/],
    [
      'half a body',
      (_q, r) => void r.writeHead(200, { 'content-length': '100' }).write('{"id":1', () => r.destroy()),
      'response',
      /./,
    ],
    ['half a chunked body', (_q, r) => void r.writeHead(200).write('{"id":1', () => r.destroy()), 'response', /./],
    ['no answer but an end', (_q, r) => void r.destroy(), 'response', /./],
    ['something that is not HTTP', (q) => void q.socket.end('SSH-2.0-OpenSSH_9\r\n'), 'response', /./],
  ])('says what is wrong: %s', async (_name, script, reason, words) => {
    const error = await failure(ask(script, { basicAuth: 'user:hunter2' }))
    expect(error.reason).toBe(reason)
    expect(error.message).toMatch(words)
    expect(error.message).toMatch(/127\.0\.0\.1|s-value/)
    expect(error.message).not.toMatch(/secret|hunter2/)
    expect(error.message.length).toBeLessThan(400)
  })

  it('stops reading an answer of 100 MB', async () => {
    let sent = 0
    const flood: Script = (_request, response) => {
      const piece = Buffer.alloc(1024 * 1024, 0x20)
      const more = (): void => {
        for (let full = false; !full && sent < 100 && !response.destroyed; ) {
          sent++
          full = !response.write(piece)
        }
        if (sent < 100) response.once('drain', more)
        else response.end()
      }
      more()
    }
    expect(await failure(ask(flood))).toMatchObject({
      reason: 'response',
      message: expect.stringContaining('larger than'),
    })
    expect(sent).toBeLessThan(60)
  })

  it.each<[string, Script]>([
    ['hangs', () => {}],
    ['hangs in the body', (_request, response) => void response.writeHead(200).write('{')],
  ])('ends at its deadline when the registry %s', async (_name, script) => {
    expect(await failure(ask(script, { timeoutMs: 50 }))).toMatchObject({ reason: 'timeout' })
  })

  it('has one deadline for a schema and all its references', async () => {
    const dripping: Script = (request, response) => {
      const version = Number(/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0)
      setTimeout(() => answer(entry(1, { references: [reference('a', version + 1)] }))(request, response), 20)
    }
    expect(await failure(ask(dripping, { timeoutMs: 200 }))).toMatchObject({ reason: 'timeout' })
  })

  it('says that nobody listens, without the credentials', async () => {
    registry = await scriptedRegistry(status(200))
    await registry.close()
    const error = await failure(
      latestSchema({ ...registry.config, clock: new Clock(), bearerToken: 'hunter2' }, 's-value', never),
    )
    expect(error).toMatchObject({
      reason: 'connect',
      message: expect.stringMatching(/127\.0\.0\.1:\d+.*SCHEMA_REGISTRY_URL/),
    })
    expect(error.message).not.toContain('hunter2')
  })

  const HOUR = 3_600_000
  const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toUTCString()
  it.each<[string, Record<string, string>, number]>([
    ['a Date two hours on', { date: inHours(2) }, 2],
    ['a Date two hours ago', { date: inHours(-2) }, -2],
    ['a Date of now', { date: inHours(0) }, 0],
    ['no Date that can be read', { date: 'soon' }, 0],
    ['a Date out of a cache', { date: inHours(-2), age: '7200' }, 0],
  ])('tells the time by %s', async (_case, headers, hours) => {
    registry = await scriptedRegistry((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(entry(7)))
    })
    const clock = new Clock()
    await latestSchema({ ...registry.config, clock }, 's-value', never)
    expect(Math.abs(clock.correctionMs - hours * HOUR)).toBeLessThan(TOLERANCE_MS)
  })
})
