/** Settings of the whole daemon: defaults, aliases, labels, warnings. */
import { describe, expect, it } from '@jest/globals'
import { base, problems, problemsOf, read, warnings } from './environment.ts'

describe('a dead letter topic', () => {
  it("may not be a feed's own", () => {
    expect(problems({ DEAD_LETTER_TOPIC: 'T', FEED_T_SCHEMA: 'T' })).toEqual([
      'DEAD_LETTER_TOPIC is the topic of feed t; choose one of its own.',
    ])
  })
})

describe('an environment with the least that is needed', () => {
  it('takes the documented defaults', () => {
    expect(read()).toEqual({
      feeds: [expect.objectContaining({ name: 't' })],
      sink: 'platformatic',
      gapSink: 'platformatic',
      natsUrl: { hosts: ['localhost:4222'], isEncrypted: false, user: undefined },
      natsMode: 'auto',
      natsClientName: 'tributary',
      natsCredsFile: undefined,
      natsToken: undefined,
      deadLetterTopic: undefined,
      deadLetterMaxBytes: 1_000_000,
      gapsTopic: undefined,
      handshakeTimeoutMs: 10_000,
      laneDir: undefined,
      laneSync: 'flush',
      urlPaths: 'auto',
      lane: { kind: 'memory', directory: undefined, sync: 'flush' },
      kafka: {
        names: {},
        brokers: ['kafka:29092'],
        clientId: 'tributary',
        tls: undefined,
        sasl: undefined,
        requestTimeoutMs: 30_000,
        connectTimeoutMs: 10_000,
        compression: 'none',
      },
      registry: {
        names: {},
        url: 'http://schema-registry:8081',
        basicAuth: undefined,
        bearerToken: undefined,
        ca: undefined,
        timeoutMs: 10_000,
        refreshMs: 60_000,
      },
      labels: { did_provider: 'did:key', ssi_validation: 'true', cache_did: 'false', processing_mode: 'sync' },
      metricsHost: '0.0.0.0',
      metricsPort: 9000,
      metricsMaxUrls: 200,
      logLevel: 'info',
      lingerMs: 2,
      dialRate: 5,
      recordHeaders: [],
      startupTimeoutMs: 60_000,
      drainTimeoutMs: 8000,
      maxInFlightBatches: 8,
      names: {},
      secrets: expect.objectContaining({ paths: 'auto' }),
      warnings: [],
    })
  })
})

describe('an empty environment', () => {
  it('is told all it lacks at once, with examples', () => {
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/^BOOTSTRAP_SERVERS is missing; .*kafka:29092\.$/),
      expect.stringMatching(/^SCHEMA_REGISTRY_URL is missing; .*http:\/\/schema-registry:8081\.$/),
      expect.stringMatching(/^No feed is on; .*FINNHUB_TRADE_DATA=True.*FEED_<NAME>_URLS/),
    ])
  })

  it('is the same as one whose variables are blank', () => {
    expect(problemsOf({ BOOTSTRAP_SERVERS: '', SCHEMA_REGISTRY_URL: ' ', FEED_T_URLS: '' })).toEqual(problemsOf({}))
  })
})

describe('a variable that is refused', () => {
  it('is told together with all others, in full sentences', () => {
    const told = problems({ METRICS_PORT: '90x', LINGER: '5', FEED_T_SCHEMA: 'a b', BOOTSTRAP_SERVERS: 'kafka' })
    expect(told.map((problem) => problem.split(' ')[0])).toEqual([
      'BOOTSTRAP_SERVERS',
      'LINGER',
      'METRICS_PORT',
      'FEED_T_SCHEMA',
    ])
    for (const problem of told) expect(problem).toMatch(/[.?]$/)
  })

  it('shows a short value where no secret can be', () => {
    expect(problems({ METRICS_PORT: '90x' })).toEqual([
      'METRICS_PORT must be a whole number from 0 to 65535; it is "90x".',
    ])
    expect(problems({ METRICS_PORT: 'x'.repeat(25) })).toEqual(['METRICS_PORT must be a whole number from 0 to 65535.'])
  })
})

describe('KAFKA_BOOTSTRAP_SERVERS', () => {
  it('is another name of BOOTSTRAP_SERVERS', () => {
    const { kafka } = read({ BOOTSTRAP_SERVERS: undefined, KAFKA_BOOTSTRAP_SERVERS: 'a:1,b:2' })
    expect(kafka.brokers).toEqual(['a:1', 'b:2'])
  })

  it('may be set as well, to the same value only', () => {
    expect(problems({ KAFKA_BOOTSTRAP_SERVERS: base.BOOTSTRAP_SERVERS })).toEqual([])
    expect(problems({ KAFKA_BOOTSTRAP_SERVERS: 'other:1' })).toEqual([expect.stringContaining('different values')])
  })
})

describe('a dry run', () => {
  it('needs no brokers', () => {
    expect(read({ KAFKA_CLIENT: 'stdout', BOOTSTRAP_SERVERS: undefined })).toMatchObject({
      sink: 'stdout',
      kafka: { brokers: [] },
    })
  })

  it('is the only one that needs none', () => {
    expect(problems({ KAFKA_CLIENT: 'kafkajs', BOOTSTRAP_SERVERS: undefined })).toEqual([
      expect.stringContaining('BOOTSTRAP_SERVERS'),
    ])
    expect(problems({ KAFKA_CLIENT: '__proto__', BOOTSTRAP_SERVERS: undefined })).toHaveLength(2)
  })
})

describe('LOG_LEVEL', () => {
  it.each([
    ['DEBUG', 'debug'],
    ['Warning', 'warn'],
    ['WARN', 'warn'],
    ['CRITICAL', 'fatal'],
    ['NOTSET', 'trace'],
  ])('takes %s as %s', (text, level) => {
    expect(read({ LOG_LEVEL: text }).logLevel).toBe(level)
  })

  it('refuses what it does not know', () => {
    expect(problems({ LOG_LEVEL: 'constructor' })).toEqual([expect.stringContaining('LOG_LEVEL must be one of trace')])
  })
})

describe('the four labels', () => {
  it.each([
    [{ CACHE_DID: 'True' }, { cache_did: 'true' }],
    [{ DID_PROVIDER: 'did:ethr:sepolia' }, { did_provider: 'did:ethr:sepolia', cache_did: 'true' }],
    [{ DID_PROVIDER: 'did:ethr', CACHE_DID: 'False' }, { cache_did: 'true' }],
    [{ SSI_VALIDATION: 'N' }, { ssi_validation: 'false' }],
    [{ PROCESSING_MODE: 'ASYNC' }, { processing_mode: 'async' }],
    [
      { PROCESSING_MODE: 'async', SSI_VALIDATION: 'False' },
      { processing_mode: 'sync', ssi_validation: 'false' },
    ],
  ])('from %j are %j', (env, labels) => {
    expect(read(env).labels).toMatchObject(labels)
  })
})

describe('a number that means something special', () => {
  it('is taken where it is documented', () => {
    const config = read({
      METRICS_PORT: '0',
      STARTUP_TIMEOUT: '0',
      DRAIN_TIMEOUT: '0',
      LINGER: 'off',
      DIAL_RATE: '0.5',
    })
    expect(config).toMatchObject({ metricsPort: 0, startupTimeoutMs: 0, drainTimeoutMs: 0, lingerMs: 0, dialRate: 0.5 })
  })
})

describe('RECORD_HEADERS', () => {
  it('lists headers', () => {
    expect(read({ RECORD_HEADERS: 'feed, received-at' }).recordHeaders).toEqual(['feed', 'received-at'])
  })
})

describe('a variable that is not ours', () => {
  it('is ignored', () => {
    expect(read({ PATH: '/bin', KAFKA_HEAP_OPTS: '-Xmx1g', FOO_FILE: '/nowhere' }).warnings).toEqual([])
  })

  it('is a warning where it looks like ours', () => {
    expect(warnings({ KAFKA_SASL_PASWORD: 'x', SCHEMA_REGISTRY_HOST_NAME: 'x' })).toEqual([
      expect.stringMatching(/^KAFKA_SASL_PASWORD .* did you mean KAFKA_SASL_PASSWORD\?$/),
      expect.stringMatching(/^SCHEMA_REGISTRY_HOST_NAME .* no effect\.$/),
    ])
  })
})
