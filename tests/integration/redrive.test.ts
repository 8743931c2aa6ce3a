/** `tributary redrive`, as an operator calls it: dead letters of a schema that did not take them, and of one that does. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { murmur2 } from '../../app/lib/murmur2.ts'
import { freePort } from '../../scripts/stack/ports.ts'
import { daemonEnv, startDaemon } from '../support/daemon.ts'
import { settled } from '../support/daemon-feeds.ts'
import { type LetterText, writeLetters } from '../support/dead-letters.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, readTopic, registerSchema, topicSize, uniqueName } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const MAIN = fileURLToPath(new URL('../../app/main.ts', import.meta.url))
/** Their times are long past. */
const KEPT = { 'retention.ms': '-1' }
const AT = Date.parse('2026-01-19T12:00:00.000Z')

let schema: string
let letters: string

beforeEach(async () => {
  schema = uniqueName('Quote')
  letters = `${schema}.dead-letter`
  await Promise.all([
    createTopic({ name: schema, partitions: 3, config: KEPT }),
    createTopic({ name: letters, config: KEPT }),
    registerSchema(`${schema}-value`, quote('long')),
  ])
})

function quote(price: string): object {
  const fields = [
    { name: 'symbol', type: 'string' },
    { name: 'price', type: price },
  ]
  return { type: 'record', name: 'Quote', fields }
}

/** The schema as it should have been. */
const fixSchema = () => registerSchema(`${schema}-value`, quote('double'))
const text = (symbol: string, price: unknown) => JSON.stringify({ symbol, price })

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function redrive(args: readonly string[], env: Record<string, string | undefined> = {}): Promise<Result> {
  const feed = { FEED_QUOTES_URLS: 'ws://127.0.0.1:9/q', FEED_QUOTES_SCHEMA: schema, FEED_QUOTES_KEY_FIELD: 'symbol' }
  const options = { env: { ...daemonEnv(), ...feed, ...env } }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', MAIN, 'redrive', ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

const write = (...all: readonly LetterText[]) => writeLetters(letters, all)

/** A row of the table as numbers by title. */
function row({ stdout }: Result, feed: string, reason: string): Record<string, number> {
  const lines = stdout.split('\n')
  const titles = lines.find((line) => line.startsWith('feed '))?.split(/ {2,}/) ?? []
  const cells = lines.find((line) => line.startsWith(feed) && line.split(/ {2,}/)[1] === reason)?.split(/ {2,}/) ?? []
  return Object.fromEntries(titles.map((title, at) => [title, Number(cells[at])]).slice(2))
}

describe('tributary redrive', () => {
  it('says what would become of dead letters and sends nothing; with --go sends what succeeds now', async () => {
    await write(
      { message: text('A', 1.5), receivedAt: AT },
      { message: text('B', 2.5), receivedAt: AT + 1 },
      { message: text('C', 'dear'), receivedAt: AT + 2 },
      { message: 'no JSON', reason: 'not_json', receivedAt: AT + 3 },
    )
    const before = await redrive([])
    expect({ code: before.code, row: row(before, 'quotes', 'encode') }).toEqual({
      code: 1,
      row: { found: 3, 'would be sent': 0, 'would fail again': 3 },
    })

    const id = await fixSchema()
    const dry = await redrive([])
    expect(dry.code).toBe(1)
    expect(row(dry, 'quotes', 'encode')).toEqual({ found: 3, 'would be sent': 2, 'would fail again': 1 })
    expect(row(dry, 'quotes', 'not_json')).toEqual({ found: 1, 'would be sent': 0, 'would fail again': 1 })
    expect(dry.stdout).toContain('quotes, encode: 1 would fail again, bad_value: ')
    expect(dry.stdout).toContain('2 records would be sent of 4. Send with --go.')
    expect(await topicSize(schema)).toBe(0)

    const sent = await redrive(['--go'])
    expect({ code: sent.code, row: row(sent, 'quotes', 'encode') }).toEqual({
      code: 1,
      row: { found: 3, sent: 2, 'failed again': 1 },
    })
    expect(sent.stdout).toContain('2 records sent of 4.')
    const records = await readTopic(schema, 2)
    expect(records.map(({ key, timestamp }) => [String(key), timestamp]).sort()).toEqual([
      ['A', AT],
      ['B', AT + 1],
    ])
    expect(await decode(records)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ schemaId: id, content: { symbol: 'A', price: 1.5 } }),
        expect.objectContaining({ schemaId: id, content: { symbol: 'B', price: 2.5 } }),
      ]),
    )
    expect(await topicSize(letters)).toBe(4)
    expect(sent.stdout).toContain('Running it again would send them again.')
    expect(sent.stdout).toContain('What came later begins at --since 2026-01-19T12:00:00.004Z')

    await write({ message: text('D', 4.5), receivedAt: AT + 10 })
    expect(await redrive(['--go', '--since', '2026-01-19T12:00:00.004Z'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 record sent of 1.'),
    })
    expect((await readTopic(schema, 3)).map(({ key }) => String(key)).sort()).toEqual(['A', 'B', 'D'])
  })

  it('sends what the daemon itself refused, once the schema takes it, as if it had come through at first', async () => {
    const messages = [
      text('A', 1),
      text('B', 2.5),
      JSON.stringify([
        { symbol: 'C', price: 3 },
        { symbol: 'D', price: 4.5 },
      ]),
    ]
    await using upstream = await startUpstream({
      onSocket(socket) {
        for (const message of messages) socket.send(message)
      },
    })
    const env = {
      FEED_QUOTES_URLS: `${upstream.url}?token=canary`,
      FEED_QUOTES_KEY_FIELD: undefined,
      RECORD_HEADERS: 'source',
    }
    await using daemon = startDaemon({ ...env, FEED_QUOTES_SCHEMA: schema })
    const { documents } = await settled(daemon, 'quotes', messages.length)
    expect(documents).toMatchObject({ found: 4, produced: 2, dead_lettered: 2 })
    await daemon.stop()

    const id = await fixSchema()
    expect(await redrive(['--go'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 records sent of 2.'),
    })
    const records = await readTopic(schema, 4)
    const contents = (await decode(records)).map(({ content, schemaId }) => [
      content.symbol,
      content.price,
      schemaId === id,
    ])
    expect(contents).toEqual([
      ['A', 1, false],
      ['C', 3, false],
      ['B', 2.5, true],
      ['D', 4.5, true],
    ])
    expect(new Set(records.map(({ partition, headers }) => `${partition} ${headers.source}`)).size).toBe(1)
  })

  it('sends only the refused element of a message that was an array', async () => {
    await fixSchema()
    const message = JSON.stringify([{ symbol: 'A', price: 1 }, { symbol: 'B', price: 2.5 }, 'no object'])
    await write({ message, document: 1 }, { message, document: 2, reason: 'not_an_object' })
    const result = await redrive(['--go'])
    expect(result.code).toBe(1)
    expect(row(result, 'quotes', 'encode')).toEqual({ found: 1, sent: 1, 'failed again': 0 })
    expect(row(result, 'quotes', 'not_an_object')).toEqual({ found: 1, sent: 0, 'failed again': 1 })
    expect((await readTopic(schema, 0)).map(({ key }) => String(key))).toEqual(['B'])
  })

  it('counts what can never be sent, each for what it is', async () => {
    await fixSchema()
    const message = text('A', 1.5)
    await write(
      { message, value: Buffer.from(message.slice(0, 5)) },
      { message, value: null },
      { message, value: Buffer.from(text('A', 9.5)) },
      { message, headers: { 'tributary-sha256': undefined } },
      { message, feed: 'gone', reason: 'no_key' },
      { message, headers: { 'tributary-feed': undefined, 'tributary-reason': undefined } },
      { message },
    )
    const result = await redrive(['--go'])
    expect(result.code).toBe(1)
    expect(row(result, 'quotes', 'encode')).toMatchObject({ found: 5, sent: 1, truncated: 2, damaged: 2 })
    expect(row(result, 'gone', 'no_key')).toMatchObject({ found: 1, sent: 0, 'feed not configured': 1 })
    expect(row(result, '?', '?')).toMatchObject({ found: 1, sent: 0, 'not a dead letter': 1 })
    expect(await topicSize(schema)).toBe(1)
  })

  it('takes only those of a feed, a reason and a time, and at most so many', async () => {
    await fixSchema()
    const of = (symbol: string, more: Partial<LetterText>) => ({ message: text(symbol, 1.5), ...more })
    await write(
      of('A', { receivedAt: AT }),
      of('B', { receivedAt: AT + 60_000, reason: 'no_key' }),
      of('C', { receivedAt: AT + 120_000, feed: 'other' }),
      of('D', { receivedAt: AT + 180_000 }),
      of('E', { receivedAt: AT + 240_000 }),
    )
    const args = ['--feed', 'quotes,other', '--reason', 'encode', '--since', '2026-01-19T12:01:00Z', '--until', '1h']
    expect((await redrive(args)).stdout).toContain('2 records would be sent of 3.')

    const first = await redrive(['--go', '--limit', '2', '--feed', 'quotes'])
    expect(first.stdout).toContain('There are more; the rest begins at --since 2026-01-19T12:03:00.000Z')
    expect((await redrive(['--go', '--feed', 'quotes', '--since', '2026-01-19T12:03:00.000Z'])).code).toBe(0)
    const records = await readTopic(schema, 4)
    expect(records.map(({ key }) => String(key)).sort()).toEqual(['A', 'B', 'D', 'E'])
  })

  it('keeps the order of the topic and the partition of a source, over batches and reasons', async () => {
    await fixSchema()
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      message: text(`s${i}`, i + 0.5),
      reason: i % 7 === 0 ? 'encode' : 'bad_value',
      receivedAt: AT + i,
    }))
    await writeLetters(letters, many, { compression: 1 })
    const bySource = { FEED_QUOTES_KEY_FIELD: undefined }
    for (const client of ['platformatic', 'kafkajs']) {
      const topic = uniqueName('Quote')
      await Promise.all([
        createTopic({ name: topic, partitions: 3, config: KEPT }),
        registerSchema(`${topic}-value`, quote('double')),
      ])
      const env = { ...bySource, FEED_QUOTES_SCHEMA: topic, KAFKA_CLIENT: client, DEAD_LETTER_TOPIC: letters }
      expect(await redrive(['--go'], env)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('3000 records sent'),
      })
      const records = await readTopic(topic, 3_000)
      const partition = murmur2(Buffer.from('ws://127.0.0.1:9/q')) % 3
      expect(new Set(records.map((record) => record.partition))).toEqual(new Set([partition]))
      expect(records.map(({ timestamp }) => timestamp - AT)).toEqual(many.map((_, i) => i))
    }
  })

  it('reads every partition, oldest first', async () => {
    await fixSchema()
    const name = await createTopic({ partitions: 3, config: KEPT })
    const all = Array.from({ length: 30 }, (_, i) => ({
      message: text('A', i + 0.5),
      receivedAt: AT + i,
      partition: i % 3,
    }))
    await writeLetters(name, all)
    expect((await redrive(['--go', '--topic', name, '--limit', '20'])).stdout).toContain('20 records sent of 20')
    const records = await readTopic(schema, 20)
    expect(records.map(({ timestamp }) => timestamp - AT)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('writes JSON lines and nothing else to standard output in a run without Kafka', async () => {
    await fixSchema()
    await write({ message: text('A', 1.5) })
    const { code, stdout, stderr } = await redrive(['--go'], { KAFKA_CLIENT: 'stdout' })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ topic: schema, key: 'A' })
    expect(stderr).toContain('1 record sent of 1.')
  })

  it('says what is missing or away, with the cure', async () => {
    const missing = uniqueName('none')
    expect(await redrive(['--topic', missing])).toEqual({
      code: 69,
      stdout: '',
      stderr: `Kafka has no topic ${missing}; name another with --topic, or correct DEAD_LETTER_TOPIC\n`,
    })
    expect(await redrive([], { FEED_QUOTES_SCHEMA: missing })).toMatchObject({
      code: 69,
      stderr: expect.stringContaining(`no dead-letter topic of these feeds (${missing}.dead-letter)`),
    })
    expect(await redrive([], { BOOTSTRAP_SERVERS: `127.0.0.1:${await freePort()}` })).toMatchObject({
      code: 69,
      stderr: expect.stringContaining('check BOOTSTRAP_SERVERS'),
    })
    expect(await redrive(['--go'])).toMatchObject({ code: 0, stdout: `There is no dead letter in ${letters}.\n` })
    await write({ message: text('A', 1.5) })
    const noRegistry = { SCHEMA_REGISTRY_URL: `http://127.0.0.1:${await freePort()}` }
    const away = await redrive(['--go'], noRegistry)
    expect(away).toMatchObject({ code: 69, stderr: expect.stringContaining('feed quotes: no schema for') })
    expect(row(away, 'quotes', 'encode')).toMatchObject({ found: 1, sent: 0, 'not sent': 1 })
    expect((await redrive(['--help'], { BOOTSTRAP_SERVERS: undefined })).stdout).toContain(
      'tributary redrive [options] --go',
    )
  })
})
