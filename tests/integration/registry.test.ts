/** The encoder against the real registry: latest version, references, refresh, and the registry cut off. */
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import type { RegistryConfig } from '../../app/config/types.ts'
import { avro } from '../../app/encode/avro.ts'
import { Unavailable } from '../../app/errors.ts'
import type { Event } from '../../app/events.ts'
import { Clock } from '../../app/lib/clock.ts'
import { closeHttp } from '../../app/lib/http-client.ts'
import type { Encoder } from '../../app/model.ts'
import { verifiableCredential } from '../../app/normalise/verifiable-credential.ts'
import { decode } from '../fixtures/avro-bytes.ts'
import { plainTrade, signedTrade, tradeEvent } from '../fixtures/trade-event.ts'
import { registerSchema, stack, uniqueName } from '../support/stack.ts'
import { until as waitUntil } from '../support/until.ts'

const never = new AbortController().signal
const until = (condition: () => boolean): Promise<void> => waitUntil(condition, { what: String(condition) })
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
afterAll(closeHttp)

let events: Event[] = []
function open(settings: Partial<RegistryConfig> = {}): Encoder {
  events = []
  const credentials = { basicAuth: undefined, bearerToken: undefined, ca: undefined }
  const registry = { url: stack().registryUrl, ...credentials, timeoutMs: 10_000, refreshMs: 60_000, ...settings }
  const encoder = avro({ registry, clock: new Clock(), emit: (event) => events.push(event) })
  closers.push(() => encoder.close())
  return encoder
}

/** What JSON would show of a decoded record. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? Number(each) : each)))
const withFields = (...names: string[]): object => ({
  type: 'record',
  name: 'Reading',
  fields: names.map((name) => ({ name, type: 'int', default: 0 })),
})

/** A TCP proxy before the registry that can be cut: then it ends what is open and takes no connection. */
async function cuttableProxy(
  target: string,
): Promise<{ url: string; cut: () => Promise<void>; mend: () => Promise<void> }> {
  const { hostname, port, pathname } = new URL(target)
  const open = new Set<Socket>()
  const pipe = (socket: Socket): void => {
    const upstream = connect(Number(port), hostname)
    for (const each of [socket, upstream]) {
      open.add(each)
      each.on('error', () => {})
      each.on('close', () => {
        open.delete(each)
        socket.destroy()
        upstream.destroy()
      })
    }
    socket.pipe(upstream).pipe(socket)
  }
  let server: Server | undefined
  const listen = async (at: number): Promise<number> => {
    const started = createServer(pipe)
    await new Promise<void>((resolve) => started.listen(at, '127.0.0.1', resolve))
    server = started
    return (started.address() as AddressInfo).port
  }
  const cut = async (): Promise<void> => {
    const closing = server
    server = undefined
    for (const socket of open) socket.destroy()
    await new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()))
  }
  const own = await listen(0)
  closers.push(cut)
  return { url: `http://127.0.0.1:${own}${pathname}`, cut, mend: async () => void (await listen(own)) }
}

describe('the real registry', () => {
  it('serves a trade schema with its illegal alias, and both kinds of trades fit', async () => {
    const subject = `${uniqueName('TradeEvent')}-value`
    const id = await registerSchema(subject, tradeEvent)
    const encoder = open()
    await encoder.prepare(subject, never)
    const plainRecord = encoder.encode(subject, plainTrade)
    expect([plainRecord.readUInt8(0), plainRecord.readUInt32BE(1)]).toEqual([0, id])
    expect(plain(decode(tradeEvent, plainRecord.subarray(5)))).toEqual({ ...plainTrade, tradeCredential: null })
    const signed = verifiableCredential(signedTrade)
    expect(plain(decode(tradeEvent, encoder.encode(subject, signed).subarray(5)))).toEqual({
      ...signed,
      tradeData: null,
    })
  })

  it('gives the latest version, and a refresh brings the next', async () => {
    const subject = `${uniqueName('reading')}-value`
    await registerSchema(subject, withFields('a'))
    const second = await registerSchema(subject, withFields('a', 'b'))
    const encoder = open({ refreshMs: 30 })
    await encoder.prepare(subject, never)
    expect(encoder.schemas.get(subject)).toMatchObject({ id: second, version: 2 })
    expect(encoder.encode(subject, { a: 1, b: 2, c: 3 }).subarray(5).toString('hex')).toBe('0204')
    const third = await registerSchema(subject, withFields('a', 'b', 'c'))
    await until(() => encoder.schemas.get(subject)?.id === third)
    const record = encoder.encode(subject, { a: 1, b: 2, c: 3 })
    expect([record.readUInt32BE(1), record.subarray(5).toString('hex')]).toEqual([third, '020406'])
  })

  it('resolves references three deep', async () => {
    const stem = uniqueName('ref').replaceAll('-', '')
    const name = (each: string): string => `io.example.${stem}.${each}`
    const record = (each: string, fields: object[]): object => ({ type: 'record', name: name(each), fields })
    const refer = (each: string): { name: string; subject: string; version: number } => ({
      name: name(each),
      subject: name(each),
      version: 1,
    })
    await registerSchema(name('Data'), record('Data', [{ name: 'price', type: 'double' }]))
    await registerSchema(name('Claims'), record('Claims', [{ name: 'data', type: name('Data') }]), [refer('Data')])
    await registerSchema(name('Credential'), record('Credential', [{ name: 'claims', type: name('Claims') }]), [
      refer('Claims'),
    ])
    const top = record('Event', [
      { name: 'credential', type: ['null', name('Credential')], default: null },
      { name: 'data', type: ['null', name('Data')], default: null },
    ])
    const subject = `${name('Event')}-value`
    await registerSchema(subject, top, [refer('Credential'), refer('Data')])
    const encoder = open()
    await encoder.prepare(subject, never)
    const expected = Buffer.concat([Buffer.from([2]), Buffer.alloc(8), Buffer.from([0])])
    expected.writeDoubleLE(1.5, 1)
    expect(encoder.encode(subject, { credential: { claims: { data: { price: 1.5 } } } }).subarray(5)).toEqual(expected)
  })

  it('says that a subject is not there, and takes it once it is', async () => {
    const subject = `${uniqueName('later')}-value`
    const encoder = open()
    const error: unknown = await encoder.prepare(subject, never).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Unavailable)
    expect(error).toMatchObject({ reason: 'no_subject', message: expect.stringContaining(subject) })
    await registerSchema(subject, withFields('a'))
    await encoder.prepare(subject, never)
    expect(encoder.encode(subject, { a: 1 }).subarray(5).toString('hex')).toBe('02')
  })

  it('may go away: the last good schema stays in use, one event says so, and one that it is back', async () => {
    const subject = `${uniqueName('cut')}-value`
    const first = await registerSchema(subject, withFields('a'))
    const proxy = await cuttableProxy(stack().registryUrl)
    const encoder = open({ url: proxy.url, refreshMs: 20, timeoutMs: 2_000 })
    await encoder.prepare(subject, never)
    await proxy.cut()
    await until(() => events.some(({ type }) => type === 'schema.unavailable'))
    const second = await registerSchema(subject, withFields('a', 'b'))
    expect(encoder.encode(subject, { a: 1, b: 2 }).readUInt32BE(1)).toBe(first)
    await proxy.mend()
    await until(() => encoder.schemas.get(subject)?.id === second)
    expect(encoder.encode(subject, { a: 1, b: 2 }).readUInt32BE(1)).toBe(second)
    expect(events.find((event) => event.type === 'schema.fetched' && event.recovered)).toMatchObject({ subject })
    const lost = events.filter(({ type }) => type === 'schema.unavailable')
    expect(lost[0]).toMatchObject({ subject, inUse: true })
    // A cut may be seen first as a broken answer and then as a refused connection, never once a try.
    expect(lost.length).toBeLessThanOrEqual(2)
  })
})
