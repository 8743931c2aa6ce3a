/** Feeds by name: how variables become feeds, and what a feed refuses. */
import { describe, expect, it } from '@jest/globals'
import { feedNames } from '../../../app/config/feed-names.ts'
import { problems, read, readFeed, warnings } from './environment.ts'

describe('a feed by name', () => {
  it('takes the documented defaults', () => {
    expect(readFeed()).toEqual({
      name: 't',
      names: {},
      urls: ['ws://upstream:4200/ws'],
      urlsFile: undefined,
      schema: 'Ticker',
      source: 'websocket',
      parse: 'json',
      router: 'schema',
      format: 'avro',
      key: undefined,
      keyField: undefined,
      sequence: undefined,
      maxAgeMs: undefined,
      timestampField: undefined,
      openMessagesFile: undefined,
      normalise: [],
      openMessages: [],
      headers: {},
      headersFile: undefined,
      handshakeTimeoutMs: 10_000,
      silenceTimeoutMs: undefined,
      sink: 'platformatic',
      ignore: [],
      only: [],
      records: undefined,
      recordsKeep: undefined,
      rename: undefined,
      set: undefined,
      alive: [],
      pingIntervalMs: 20_000,
      maxMessageBytes: 1_048_576,
      maxDocuments: 10_000,
      backoffMaxMs: 60_000,
      backoffSlowMs: 300_000,
      coerce: 'safe',
      bytes: undefined,
      timeUnit: undefined,
      stableAfterMs: 60_000,
      compression: false,
      laneMaxBytes: 67_108_864,
      overload: 'block',
    })
  })

  it('takes every setting', () => {
    const feed = readFeed({
      KEY_FIELD: 'a.b',
      NORMALISE: 'delivery, verifiable-credential',
      OPEN_MESSAGES: '["Hello"]',
      HEADERS: '{"A":"b"}',
      SILENCE_TIMEOUT: '5m',
      PING_INTERVAL: 'off',
      MAX_MESSAGE_BYTES: '2MiB',
      MAX_DOCUMENTS: '7',
      BACKOFF_MAX: '10s',
      BACKOFF_SLOW: '2m',
      STABLE_AFTER: '5s',
      COMPRESSION: 'on',
      LANE_MAX_BYTES: '3MB',
    })
    expect(feed).toMatchObject({
      keyField: ['a', 'b'],
      normalise: ['delivery', 'verifiable-credential'],
      openMessages: ['Hello'],
      headers: { A: 'b' },
      silenceTimeoutMs: 300_000,
      pingIntervalMs: 0,
      maxMessageBytes: 2_097_152,
      maxDocuments: 7,
      backoffMaxMs: 10_000,
      backoffSlowMs: 120_000,
      stableAfterMs: 5_000,
      compression: true,
      laneMaxBytes: 3_000_000,
    })
  })

  it('says that ALIVE alone has no effect', () => {
    expect(warnings({ FEED_T_ALIVE: '["pong"]' })).toEqual([expect.stringContaining('FEED_T_ALIVE has no effect')])
    expect(warnings({ FEED_T_ALIVE: '["pong"]', FEED_T_IGNORE: '["pong"]' })).toEqual([])
  })

  it('has the handshake timeout of the daemon', () => {
    expect(read({ HANDSHAKE_TIMEOUT: '3s' }).feeds[0]?.handshakeTimeoutMs).toBe(3000)
  })

  it('has a constant key exactly as it is written', () => {
    expect(readFeed({ KEY: ' off ' }).key).toEqual(' off ')
  })

  it('dials a URL that is listed twice once, and says so without showing it', () => {
    const env = { FEED_T_URLS: 'ws://a/?k=s3cret,ws://b,ws://A:80/?k=s3cret' }
    expect(read(env).feeds[0]?.urls).toEqual(['ws://a/?k=s3cret', 'ws://b'])
    expect(warnings(env)).toEqual(['FEED_T_URLS lists a URL twice (items 1 and 3); it is dialled once.'])
  })

  it('watches sequences as it is told, and says what has no effect', () => {
    const all = { SEQUENCE_FIELD: 'data.u', SEQUENCE_FIRST_FIELD: 'data.U', SEQUENCE_BY: 'data.s', MAX_SEQUENCES: '7' }
    expect(readFeed(all).sequence).toEqual({ last: ['data', 'u'], first: ['data', 'U'], by: ['data', 's'], most: 7 })
    expect(readFeed({ SEQUENCE_FIELD: 'u' }).sequence).toMatchObject({ last: ['u'], most: 10_000 })
    expect(readFeed({}).sequence).toBeUndefined()
    const { warnings } = read({ FEED_T_SEQUENCE_FIRST_FIELD: 'U', FEED_T_SEQUENCE_BY: 's', FEED_T_MAX_SEQUENCES: '7' })
    expect(warnings.map(({ text }) => text)).toEqual(
      ['SEQUENCE_FIRST_FIELD', 'SEQUENCE_BY', 'MAX_SEQUENCES'].map(
        (suffix) => `FEED_T_${suffix} has no effect without FEED_T_SEQUENCE_FIELD`,
      ),
    )
  })

  it.each([
    [{ FEED_T_URLS: undefined }, 'FEED_T_URLS is missing'],
    [{ FEED_T_SCHEMA: undefined }, 'FEED_T_SCHEMA is missing'],
    [{ FEED_T_SCHEMA: '..' }, 'FEED_T_SCHEMA must be a topic name'],
    [{ FEED_T_SCHEMA: 'x'.repeat(250) }, 'FEED_T_SCHEMA must be a topic name'],
    [{ FEED_T_KEY: 'k', FEED_T_KEY_FIELD: 'f' }, 'FEED_T_KEY and FEED_T_KEY_FIELD are both set'],
    [{ FEED_T_KEY_FIELD: 'a..b' }, 'FEED_T_KEY_FIELD must be a dotted path'],
    [{ FEED_T_NORMALISE: 'deliveries' }, 'FEED_T_NORMALISE may only list verifiable-credential, delivery'],
    [
      { FEED_T_LANE_MAX_BYTES: '1MB' },
      'FEED_T_LANE_MAX_BYTES must be at least FEED_T_MAX_MESSAGE_BYTES (1048576 bytes)',
    ],
    [{ FEED_T_MAX_MESSAGE_BYTES: '1GiB' }, 'FEED_T_MAX_MESSAGE_BYTES must be between'],
  ])('with %j is refused', (env, problem) => {
    expect(problems(env)).toEqual([expect.stringContaining(problem)])
  })
})

describe('the name of a feed', () => {
  it('ends where the longest known suffix begins', () => {
    const { feeds } = read({
      FEED_A_KEY_URLS: 'ws://a',
      FEED_A_KEY_SCHEMA: 'A',
      FEED_A_KEY_KEY_FIELD: 'f',
      FEED_2_URLS_URLS: 'ws://b',
      FEED_2_URLS_SCHEMA: 'B',
    })
    expect(feeds.map(({ name, keyField }) => [name, keyField])).toEqual([
      ['t', undefined],
      ['a_key', ['f']],
      ['2_urls', undefined],
    ])
  })

  it('is the shortest of those that could be meant', () => {
    const { feeds } = feedNames({ FEED_A_MAX_BYTES: '1', FEED_B_BYTES: '1' }, ['BYTES', 'MAX_BYTES'], ['URLS'])
    expect([...feeds.keys()]).toEqual(['A', 'B'])
  })

  it.each([
    ['FEED_T_URL', 'FEED_T_URLS'],
    ['FEED_T_SILENCE_TIMEOT', 'FEED_T_SILENCE_TIMEOUT'],
    ['FEED_T_LANE_MAX_BYTE', 'FEED_T_LANE_MAX_BYTES'],
    ['FEED_T_NORMALIZE', 'FEED_T_NORMALISE'],
    ['FEED_t_URLS', 'FEED_T_URLS'],
    ['FEED_URLS', 'FEED_<NAME>_URLS'],
    ['FEED___PROTO___URLS', 'FEED_PROTO___URLS'],
    ['FEED_T_HEADERS_FIL', 'FEED_T_HEADERS_FILE'],
  ])('is not to be found in %s, so %s is meant', (variable, meant) => {
    expect(problems({ [variable]: 'x' })).toEqual([`${variable} is not a setting; did you mean ${meant}?`])
  })

  it('is not taken from the variables of a Kubernetes service', () => {
    const links = {
      FEED_GATE_SERVICE_HOST: '10.0.0.1',
      FEED_GATE_SERVICE_PORT: '80',
      FEED_GATE_SERVICE_PORT_HTTP: '80',
      FEED_GATE_PORT: 'tcp://10.0.0.1:80',
      FEED_GATE_PORT_80_TCP: 'tcp://10.0.0.1:80',
      FEED_GATE_PORT_80_TCP_ADDR: '10.0.0.1',
    }
    expect(problems(links)).toEqual([])
    expect(problems({ FEED_GATE_PORT: '80' })).toHaveLength(1)
  })
})
