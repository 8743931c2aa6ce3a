/** The encoder over its life: ready, current, and unmoved while the registry is away or serves rubbish. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { avro } from '../../../app/encode/avro.ts'
import { Rejected, Unavailable } from '../../../app/errors.ts'
import type { Event } from '../../../app/events.ts'
import { Clock } from '../../../app/lib/clock.ts'
import { closeHttp } from '../../../app/lib/http-client.ts'
import type { Encoder } from '../../../app/model.ts'
import {
  answer,
  type Script,
  type ScriptedRegistry,
  scriptedRegistry,
  status,
} from '../../fixtures/scripted-registry.ts'
import { until as waitUntil } from '../../support/until.ts'

const never = new AbortController().signal
const schemaWith = (...names: string[]): string =>
  JSON.stringify({ type: 'record', name: 'R', fields: names.map((name) => ({ name, type: 'int' })) })
const version = (id: number, ...names: string[]): Script => answer({ id, version: id, schema: schemaWith(...names) })

let registry: ScriptedRegistry
let encoder: Encoder
let events: Event[]
async function open(script: Script, settings: { refreshMs?: number; timeoutMs?: number } = {}): Promise<void> {
  registry = await scriptedRegistry(script, settings)
  events = []
  encoder = avro({ registry: registry.config, clock: new Clock(), emit: (event) => events.push(event) })
}
afterEach(async () => {
  await encoder.close()
  await registry.close()
})
afterAll(closeHttp)

const until = (condition: () => boolean): Promise<void> => waitUntil(condition, { what: String(condition) })
const types = (): string[] => events.map(({ type }) => type)
const hex = (document: Record<string, unknown>): string => encoder.encode('s-value', document).toString('hex')
/** Waits until the registry has been asked `more` times more, and its answers are taken in. */
async function rounds(more: number): Promise<void> {
  const before = registry.requests.length
  // One more than asked for: when that one comes in, the answers before it have been used.
  await until(() => registry.requests.length > before + more)
}

describe('prepare', () => {
  it('makes encode ready, says so, and shows what is in use', async () => {
    await open(version(0x01020304, 'a'))
    await encoder.prepare('s-value', never)
    expect(hex({ a: 1 })).toBe('000102030402')
    expect(events).toEqual([
      {
        type: 'schema.fetched',
        subject: 's-value',
        id: 0x01020304,
        version: 0x01020304,
        changed: true,
        recovered: false,
      },
    ])
    const { fetchedAt, ...shown } = encoder.schemas.get('s-value') ?? { fetchedAt: 0 }
    expect(shown).toEqual({ id: 0x01020304, version: 0x01020304 })
    expect(Math.abs(Date.now() - fetchedAt)).toBeLessThan(60_000)
  })

  it('asks once for a subject, however many wait for it', async () => {
    await open(version(1, 'a'))
    await Promise.all([1, 2, 3].map(() => encoder.prepare('s-value', never)))
    await encoder.prepare('s-value', never)
    expect(registry.requests).toHaveLength(1)
  })

  it('throws Unavailable each time, and emits it once until the reason changes', async () => {
    await open(status(500))
    const attempt = (): Promise<unknown> => encoder.prepare('s-value', never).catch((error: unknown) => error)
    for (const expected of ['response', 'response', 'no_subject', 'no_subject']) {
      if (expected === 'no_subject') registry.script = status(404, '{"error_code":40401}')
      const error = await attempt()
      expect(error).toBeInstanceOf(Unavailable)
      expect(error).toMatchObject({ reason: expected })
    }
    registry.script = version(1, 'a')
    expect(await attempt()).toBeUndefined()
    expect(events.map((event) => ('reason' in event ? event.reason : event.type))).toEqual([
      'response',
      'no_subject',
      'schema.fetched',
    ])
    expect(events[0]).toMatchObject({ type: 'schema.unavailable', subject: 's-value', inUse: false })
  })

  it('gives up when told to, while others go on waiting', async () => {
    let release = (): void => {}
    await open((request, response) => {
      release = () => version(1, 'a')(request, response)
    })
    const stop = new AbortController()
    const [impatient, patient] = [encoder.prepare('s-value', stop.signal), encoder.prepare('s-value', never)]
    await until(() => registry.requests.length === 1)
    stop.abort()
    await expect(impatient).rejects.toBeInstanceOf(Unavailable)
    release()
    await patient
    expect(hex({ a: 1 })).toBe('000000000102')
  })

  it('ends with close, also while the registry hangs', async () => {
    await open(() => {})
    const waiting = encoder.prepare('s-value', never).catch((error: unknown) => error)
    await until(() => registry.requests.length === 1)
    await encoder.close()
    expect(await waiting).toBeInstanceOf(Unavailable)
    expect(events).toEqual([])
  })
})

describe('encode', () => {
  it('refuses by throwing Rejected with reason and path', async () => {
    await open(version(1, 'a'))
    await encoder.prepare('s-value', never)
    let caught: unknown
    try {
      encoder.encode('s-value', { a: 'secret' })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(Rejected)
    expect(caught).toMatchObject({ reason: 'bad_value', path: 'a', message: expect.not.stringContaining('secret') })
  })

  it('of a subject that was not prepared is a fault of ours', async () => {
    await open(version(1, 'a'))
    expect(() => encoder.encode('s-value', {})).toThrow('not prepared')
  })
})

describe('forget', () => {
  it('ends the asking, also for an answer that is still to come, until it is prepared again', async () => {
    await open(version(1, 'a'), { refreshMs: 10 })
    const late = encoder.prepare('late-value', never)
    encoder.forget('late-value')
    await late
    await encoder.prepare('s-value', never)
    expect([...encoder.schemas.keys()]).toEqual(['s-value'])
    encoder.forget('s-value')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(encoder.schemas.size).toBe(0)
    const asked = registry.requests.length
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(registry.requests).toHaveLength(asked)
    await encoder.prepare('s-value', never)
    expect(hex({ a: 1 })).toBe('000000000102')
    await rounds(2)
  })

  it('knows whether records are held', async () => {
    await open(version(1, 'a'))
    const [own, other] = [encoder.fork(), encoder.fork()]
    const release = own.hold()
    expect([own.isHeld, other.isHeld]).toEqual([true, false])
    release()
    expect(own.isHeld).toBe(false)
  })
})

describe('refresh', () => {
  it('picks up a new version, id and schema together', async () => {
    await open(version(1, 'a'), { refreshMs: 10 })
    await encoder.prepare('s-value', never)
    expect(hex({ a: 1, b: 2 })).toBe('000000000102')
    registry.script = version(2, 'b', 'a')
    await until(() => encoder.schemas.get('s-value')?.id === 2)
    expect(hex({ a: 1, b: 2 })).toBe('00000000020402')
    expect(events.filter((event) => event.type === 'schema.fetched' && event.changed)).toHaveLength(2)
  })

  it('takes another schema under the same id: a registry restored from an old copy gives ids anew', async () => {
    await open(answer({ id: 1, version: 1, schema: schemaWith('a', 'b') }), { refreshMs: 10 })
    await encoder.prepare('s-value', never)
    expect(hex({ a: 1, b: 2 })).toBe('00000000010204')
    registry.script = answer({ id: 1, version: 1, schema: schemaWith('b', 'a') })
    await rounds(2)
    expect(hex({ a: 1, b: 2 })).toBe('00000000010402')
    expect(events.filter((event) => event.type === 'schema.fetched' && event.changed)).toHaveLength(2)
  })

  it.each<[string, Script, string]>([
    ['is away', (request) => void request.socket.destroy(), 'response'],
    ['fails', status(503), 'response'],
    ['hangs', () => {}, 'timeout'],
    ['has lost the subject', status(404, '{"error_code":40401}'), 'no_subject'],
    ['serves a web page', status(200, '<html>'), 'response'],
    ['serves rubbish as the schema', answer({ id: 9, version: 9, schema: '{"type":"rubbish"}' }), 'bad_schema'],
  ])('keeps the last good schema when the registry %s, and says so once', async (_name, rubbish, reason) => {
    await open(version(1, 'a'), { refreshMs: 10, timeoutMs: 500 })
    await encoder.prepare('s-value', never)
    const { fetchedAt } = encoder.schemas.get('s-value') ?? { fetchedAt: 0 }
    await rounds(1)
    registry.script = rubbish
    await until(() => types().includes('schema.unavailable'))
    events.length = 0
    if (reason !== 'timeout') await rounds(3)
    expect(events).toEqual([])
    expect(hex({ a: 1 })).toBe('000000000102')
    registry.script = version(2, 'a')
    await until(() => encoder.schemas.get('s-value')?.id === 2)
    expect(types()[0]).toBe('schema.fetched')
    expect(events[0]).toMatchObject({ recovered: true })
    expect(encoder.schemas.get('s-value')?.fetchedAt).toBeGreaterThanOrEqual(fetchedAt)
    registry.script = rubbish
    await until(() => types().includes('schema.unavailable'))
    expect(events.at(-1)).toMatchObject({ subject: 's-value', reason, inUse: true })
  })

  it('stops with close', async () => {
    await open(version(1, 'a'), { refreshMs: 10 })
    await encoder.prepare('s-value', never)
    await rounds(2)
    const clock = avro({ registry: registry.config, clock: new Clock(), emit: () => {} })
    await clock.prepare('clock-value', never)
    const asked = (subject: string): number => registry.requests.filter(({ path }) => path.includes(subject)).length
    await encoder.close()
    const [before, ticks] = [asked('s-value'), asked('clock-value')]
    await until(() => asked('clock-value') >= ticks + 10)
    await clock.close()
    // One may have been on its way.
    expect(asked('s-value')).toBeLessThanOrEqual(before + 1)
  })
})
