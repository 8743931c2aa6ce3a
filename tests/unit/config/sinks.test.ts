/** Which sink a feed has, and what its settings need then. */
import { describe, expect, it } from '@jest/globals'
import { type Kinds, readConfig } from '../../../app/config/index.ts'
import { ConfigError, sentenceOf } from '../../../app/errors.ts'
import { text } from '../../../app/settings/formats/basic.ts'
import { base, kinds, type TestEnv } from './environment.ts'

const FAKE_URL = { group: 'Fakes', format: text('a word'), help: 'A word.', required: true }
const fake = { help: 'a fake', settings: { FAKE_URL }, load: async () => () => undefined, needs: [], connects: true }
const sinks = { ...kinds.sinks, fake }
const second = { FEED_U_URLS: 'ws://u', FEED_U_SCHEMA: 'U' }

const read = (env: TestEnv) => readConfig<Kinds>({ ...base, ...env }, { ...kinds, sinks })
function problems(env: TestEnv): readonly string[] {
  try {
    read(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
const sinksOf = (env: TestEnv) => read(env).feeds.map(({ sink }) => sink)

describe('the sink of a feed', () => {
  it('is that of KAFKA_CLIENT unless it says so', () => {
    expect(sinksOf({})).toEqual(['platformatic'])
    expect(sinksOf({ ...second, FEED_U_SINK: 'stdout' })).toEqual(['platformatic', 'stdout'])
    expect(sinksOf({ ...second, KAFKA_CLIENT: 'stdout', FEED_U_SINK: 'kafka' })).toEqual(['stdout', 'platformatic'])
    expect(sinksOf({ ...second, KAFKA_CLIENT: 'kafkajs', FEED_U_SINK: 'kafka' })).toEqual(['kafkajs', 'kafkajs'])
  })

  it('is one of those that there are, and Kafka is one', () => {
    expect(problems({ FEED_T_SINK: 'platformatic' })).toEqual([
      'FEED_T_SINK must be one of kafka, nats, stdout, fake; it is "platformatic".',
    ])
  })

  it('needs brokers only where it is Kafka', () => {
    const without = { BOOTSTRAP_SERVERS: undefined }
    expect(problems({ ...without, FEED_T_SINK: 'stdout' })).toEqual([])
    expect(problems({ ...without, ...second, FEED_T_SINK: 'stdout' })[0]).toMatch(/^BOOTSTRAP_SERVERS is missing/)
    expect(problems({ ...without, KAFKA_CLIENT: 'stdout', FEED_T_SINK: 'kafka' })[0]).toMatch(/^BOOTSTRAP_SERVERS is m/)
    expect(problems({ ...without, ...second, FEED_T_SINK: 'stdout', FEED_U_SINK: 'fake', FAKE_URL: 'x' })).toEqual([])
  })

  it('brings brokers into need where gap records of several sinks have a topic', () => {
    const gaps = { BOOTSTRAP_SERVERS: undefined, GAPS_TOPIC: 'g', FEED_T_SINK: 'stdout' }
    expect(problems(gaps)).toEqual([])
    const both = { ...gaps, ...second, FEED_U_SINK: 'fake', FAKE_URL: 'x' }
    expect(problems(both)[0]).toMatch(/^BOOTSTRAP_SERVERS is missing/)
    expect(read({ FEED_T_SINK: 'stdout' }).gapSink).toBe('stdout')
    expect(read({ ...second, FEED_U_SINK: 'stdout' }).gapSink).toBe('platformatic')
  })

  it('needs its own settings, which have no effect where no feed has it', () => {
    expect(problems({ FEED_T_SINK: 'fake' })).toEqual([expect.stringMatching(/^FAKE_URL is missing/)])
    expect(problems({ FEED_T_SINK: 'fake', FAKE_URL: 'x' })).toEqual([])
    const { warnings } = read({ ...second, FEED_U_SINK: 'stdout', FAKE_URL: 'x' })
    expect(warnings.map(sentenceOf)).toEqual([
      'FAKE_URL has no effect: no feed has the sink that it is for; remove it.',
    ])
  })

  it('lacks a compression though only one feed has it', () => {
    const lacking = { KAFKA_CLIENT: 'kafkajs', KAFKA_COMPRESSION: 'lz4' }
    expect(problems({ ...lacking, ...second, FEED_U_SINK: 'stdout' })).toHaveLength(1)
    expect(problems({ ...lacking, FEED_T_SINK: 'stdout' })).toEqual([])
  })
})

describe('the settings of NATS', () => {
  const nats = (env: TestEnv) => read({ FEED_T_SINK: 'nats', BOOTSTRAP_SERVERS: undefined, ...env })

  it('name servers, and who we are there', () => {
    expect(nats({}).natsUrl).toEqual({ hosts: ['localhost:4222'], isEncrypted: false, user: undefined })
    const two = { NATS_URL: 'nats://u:p%40@a,nats://b:1' }
    expect(nats(two).natsUrl).toEqual({
      hosts: ['a:4222', 'b:1'],
      isEncrypted: false,
      user: { name: 'u', password: 'p@' },
    })
    expect(nats({ NATS_URL: 'tls://t0ken@[::1]' }).natsUrl).toEqual({
      hosts: ['[::1]:4222'],
      isEncrypted: true,
      user: { token: 't0ken' },
    })
    expect(nats({ NATS_URL: 'tls://u:a:b@x' }).natsUrl).toMatchObject({ user: { name: 'u', password: 'a:b' } })
  })

  it.each([
    ['http://a', 'item 1 is not one'],
    ['nats://a/path', 'item 1 is not one'],
    ['nats://a,tls://b', 'not both'],
    ['nats://u:secret1@a,nats://v:secret2@b', 'different users'],
    ['nats://%zz:secret1@a', 'percent-encoded'],
  ])('do not take %s', (url, why) => {
    const [problem = ''] = problems({ FEED_T_SINK: 'nats', NATS_URL: url })
    expect(problem).toContain(why)
    expect(problem).not.toContain('secret')
  })

  it('know one way in, and say that a secret goes unencrypted', () => {
    const two = { FEED_T_SINK: 'nats', NATS_URL: 'tls://u:p@a', NATS_TOKEN: 'x' }
    expect(problems(two)).toEqual(['user info in NATS_URL and NATS_TOKEN are both set; keep one of them.'])
    const { warnings } = nats({ NATS_TOKEN: 'x' })
    expect(warnings.map(sentenceOf)).toEqual(['NATS gets its secret unencrypted: NATS_URL is nats://; use tls://.'])
    expect(nats({ NATS_URL: 'tls://a', NATS_TOKEN: 'x' }).warnings).toEqual([])
  })

  it('have no effect where no feed goes there', () => {
    const { warnings } = read({ NATS_MODE: 'core' })
    expect(warnings.map(sentenceOf)).toEqual(['NATS_MODE has no effect: KAFKA_CLIENT is platformatic; remove it.'])
  })
})

describe('the format json', () => {
  const format = { FEED_T_FORMAT: 'json', SCHEMA_REGISTRY_URL: undefined }

  it('needs no registry, and says that its documents have no schema', () => {
    const { feeds } = read({ ...format, FEED_T_SCHEMA_FILE: 'none' })
    expect(feeds).toMatchObject([{ format: 'json', schema: 'Ticker', schemaFile: 'none' }])
    expect(problems(format)).toEqual([expect.stringMatching(/^FEED_T_SCHEMA_FILE is missing; set it to none/)])
    expect(problems({ ...format, FEED_T_SCHEMA_FILE: '/x.avsc' })).toEqual([
      'FEED_T_SCHEMA_FILE must be none: documents as they are; schemas from files are not read yet.',
    ])
  })

  it('has a setting without effect with another format', () => {
    const { warnings } = read({ FEED_T_SCHEMA_FILE: 'none' })
    expect(warnings.map(sentenceOf)).toEqual([
      'FEED_T_SCHEMA_FILE has no effect: it is for json, which is not in use; remove it.',
    ])
  })
})
