/** Variables that are none of ours: what was meant, once, and only where that is likely. */
import { describe, expect, it } from '@jest/globals'
import { base, problems, problemsOf, read, type TestEnv, warnings } from './environment.ts'

describe('a variable outside feeds', () => {
  it.each([
    ['LANE_DIRR', 'LANE_DIR'],
    ['LANE_DRI', 'LANE_DIR'],
    ['METRICS_PROT', 'METRICS_PORT'],
    ['METRIC_PORT', 'METRICS_PORT'],
    ['KAFKA_SASL_USERNME', 'KAFKA_SASL_USERNAME'],
    ['BOOTSTRAP_SERVER_FILE', 'BOOTSTRAP_SERVERS_FILE'],
    ['KAFKA_BOOTSTRAP_SERVER', 'KAFKA_BOOTSTRAP_SERVERS'],
    ['DEAD_LETTERS_TOPIC', 'DEAD_LETTER_TOPIC'],
    ['metrics_port', 'METRICS_PORT'],
    ['FINHUB_DATA_URLS', 'FINNHUB_DATA_URLS'],
  ])('%s is taken for %s', (variable, meant) => {
    const { warnings: found } = read({ [variable]: 's3cret' })
    expect(found).toEqual([
      {
        setting: variable,
        text: `${variable} is not a setting of this program and has no effect`,
        cure: `did you mean ${meant}?`,
        isIneffective: true,
      },
    ])
  })

  it.each([
    'KAFKA_HEAP_OPTS',
    'KAFKA_OPTS',
    'LANG',
    'PATH',
    'HOSTNAME',
    'CACHE_DIR',
    'LOG_DIR',
    'KAFKA_LOG4J_OPTS',
    'SCHEMA_URL',
    'NODE_ENV',
  ])('%s is left alone', (variable) => {
    expect(warnings({ [variable]: 'x' })).toEqual([])
  })

  it('makes a bounded number of lines, also where its name is no text', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`LANE_DIR${String.fromCharCode(0x4e00 + at)}`, 'x']),
    )
    const lines = warnings(many)
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)).toBe('20 more variables are called nearly as settings of this program.')
    expect(warnings({ 'LANE_DIR\n': 'x' })).toEqual([expect.stringMatching(/^LANE_DIR is not a setting/)])
    expect(warnings({ [`LANE_DIR${'X'.repeat(100_000)}`]: 'x' })).toEqual([])
  })

  it('is one problem where what was meant is missing', () => {
    expect(problems({ BOOTSTRAP_SERVERS: undefined, BOOTSTRAP_SERVER: 'a:1' })).toEqual([
      'BOOTSTRAP_SERVER is not a setting; did you mean BOOTSTRAP_SERVERS?',
    ])
  })
})

describe('a variable of feeds', () => {
  const feed = { FEED_A_URLS: 'ws://a', FEED_A_SCHEMA: 'A' }
  const told = (env: TestEnv): readonly string[] => problems({ ...feed, ...env })

  it.each([
    [
      'FEED_A_KEY_SCHEMA',
      /^FEED_A_KEY_SCHEMA is not a setting of feed a: keys are text .*; a feed a_key needs URLS of its own\.$/,
    ],
    ['FEED_A_PING_MESSAGE', /^FEED_A_PING_MESSAGE is not a setting of feed a: pings are .*; remove it\.$/],
    [
      'FEED_A_PING_MAX_AGE',
      /^FEED_A_PING_MAX_AGE is not a setting of feed a; remove it; a feed a_ping needs URLS of its own\.$/,
    ],
    ['FEED_A_WHATEVER', /^FEED_A_WHATEVER is not a setting of feed a; remove it\.$/],
    ['FEED_A_TOPIC', /^FEED_A_TOPIC is not a setting; did you mean FEED_A_SCHEMA\?$/],
    [
      'FEED_B_SHEMA',
      /^FEED_B_SHEMA is not a setting; name a feed with FEED_<NAME>_URLS; its settings are in tributary --help\.$/,
    ],
    ['FEED_B_URL', /^FEED_B_URL is not a setting; did you mean FEED_B_URLS\?$/],
    ['FEED_A_B_URL', /^FEED_A_B_URL is not a setting; did you mean FEED_A_B_URLS\?$/],
  ])('%s', (variable, problem) => {
    expect(told({ [variable]: 'x' })).toEqual([expect.stringMatching(problem)])
  })

  it('in lower case is taken for the one in capitals', () => {
    const { BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL } = base
    const others = { BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL }
    expect(problemsOf({ ...others, feed_a_urls: 'ws://a', feed_a_schema: 'A' })).toEqual([
      'No feed is on: feed_a_urls is not a setting; did you mean FEED_A_URLS?',
    ])
    expect(problemsOf({ ...others, FEED_A_URLS: 'ws://a', feed_a_schema: 'A' })).toEqual([
      'feed_a_schema is not a setting; did you mean FEED_A_SCHEMA?',
    ])
    expect(warnings({ feed_a_urls_file: '/x' })).toEqual([
      'feed_a_urls_file is not a setting of this program and has no effect; did you mean FEED_A_URLS_FILE?',
    ])
    expect(warnings({ feed_the_cat: '1', feed_urls: 'x', feedback_urls: 'y' })).toEqual([])
  })

  it('of a feed that cannot be called so is told why, and nothing that cannot be is suggested', () => {
    const why = 'the name of a feed has only A to Z, 0 to 9 and _, begins with no _, and has 100 characters at most'
    expect(told({ FEED_Ä_URLS: 'ws://a', FEED_Ä_SCHEMA: 'A' })).toEqual([
      `FEED_Ä_URLS is not a setting: ${why}; name a feed with FEED_<NAME>_URLS; its settings are in tributary --help.`,
      `FEED_Ä_SCHEMA is not a setting: ${why}; name a feed with FEED_<NAME>_URLS; its settings are in tributary --help.`,
    ])
    expect(told({ 'FEED_A-B_URLS': 'ws://a' })).toEqual([expect.stringContaining(why)])
    const long = 'A'.repeat(101)
    expect(told({ [`FEED_${long}_URLS`]: 'ws://a' })).toEqual([expect.stringContaining(`: ${why}`)])
    expect(warnings({ [`feed_${long.toLowerCase()}_urls`]: 'x' })).toEqual([])
  })

  it('that is a misspelt URLS does not make its feed lack them', () => {
    expect(
      problemsOf({
        BOOTSTRAP_SERVERS: 'a:1',
        SCHEMA_REGISTRY_URL: 'http://r',
        FEED_Q_URL: 'ws://a',
        FEED_Q_SCHEMA: 'Q',
      }),
    ).toEqual(['FEED_Q_URL is not a setting; did you mean FEED_Q_URLS?'])
    expect(told({ FEED_A_B_URL: 'ws://b', FEED_A_B_SCHEMA: 'B' })).toEqual([
      'FEED_A_B_URL is not a setting; did you mean FEED_A_B_URLS?',
    ])
  })

  it('belongs to the feed with URLS, the longest name first', () => {
    const env = { ...feed, FEED_A_KEY_URLS: 'ws://b', FEED_A_KEY_SCHEMA: 'B', FEED_A_KEY_KEY: 'k', FEED_A_KEY: 'j' }
    expect(read(env).feeds.map(({ name, schema, key }) => [name, schema, key])).toEqual([
      ['t', 'Ticker', undefined],
      ['a', 'A', 'j'],
      ['a_key', 'B', 'k'],
    ])
  })

  it('of a feed whose name is too long for a folder is refused', () => {
    expect(
      read({ [`FEED_${'A'.repeat(100)}_URLS`]: 'ws://a', [`FEED_${'A'.repeat(100)}_SCHEMA`]: 'A' }).feeds,
    ).toHaveLength(2)
    expect(told({ [`FEED_${'A'.repeat(101)}_URLS`]: 'ws://a' })).toEqual([
      expect.stringMatching(/^FEED_A+ is not a setting/),
    ])
  })

  it('shows no control characters and no endless name', () => {
    const [problem = ''] = told({ [`FEED_A_\u001b[31m${'X'.repeat(5_000)}`]: 'x' })
    expect(problem).not.toContain('\u001b')
    expect(problem.length).toBeLessThan(250)
  })
})

describe('a setting that is wrong', () => {
  it.each<[TestEnv, string]>([
    [
      { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_MECHANISM: 'AWS_MSK_IAM' },
      'KAFKA_SASL_MECHANISM must be one of',
    ],
    [
      { KAFKA_SECURITY_PROTOCOL: 'TLS', KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'u' },
      'KAFKA_SECURITY_PROTOCOL must be',
    ],
    [
      {
        KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
        KAFKA_SASL_MECHANISM: 'PLAIN',
        KAFKA_SASL_USERNAME: 'u',
        KAFKA_SASL_PASSWORD_FILE: '/nowhere',
      },
      'KAFKA_SASL_PASSWORD_FILE names a file that cannot be read (ENOENT)',
    ],
    [
      { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CERT_FILE: '/nowhere' },
      'KAFKA_SSL_CERT_FILE names a file that cannot be read',
    ],
    [{ LANE: 'tape', LANE_DIR: '/x' }, 'LANE must be one of'],
    [{ LANE: 'disk', LANE_DIR_FILE: '/nowhere' }, 'LANE_DIR_FILE names a file'],
    [{ FEED_T_LANE_MAX_BYTES: 'x', FEED_T_KEY: 'k', FEED_T_KEY_FIELD: 'f' }, 'FEED_T_LANE_MAX_BYTES must be'],
  ])('is one problem: %j', (env, problem) => {
    expect(problems(env)).toEqual([expect.stringContaining(problem)])
  })
})

describe('something configured has no effect', () => {
  it.each<[TestEnv, string]>([
    [{ LANE: 'memory', LANE_DIR: '/x' }, 'LANE_DIR'],
    [{ LANE_SYNC: 'flush' }, 'LANE_SYNC'],
    [{ KAFKA_SASL_ALLOW_PLAINTEXT: 'true' }, 'KAFKA_SASL_ALLOW_PLAINTEXT'],
    [{ FEED_T_ALIVE: '["pong"]' }, 'FEED_T_ALIVE'],
    [{ LANE_DIRR: '/x' }, 'LANE_DIRR'],
  ])('with %j', (env, setting) => {
    expect(read(env).warnings).toEqual([expect.objectContaining({ setting, isIneffective: true })])
  })

  it.each<[string, TestEnv]>([
    [
      'a preset that is switched off',
      { FINNHUB_TRADE_DATA: 'False', FINNHUB_DATA_URLS: 'ws://a', FEED_FINNHUB_TRADE_KEY: 'k' },
    ],
    [
      'names accepted for compatibility',
      { PRODUCER_TIMEOUT: '30', PROCESSING_MODE: 'async', SSI_VALIDATION: 'False', DID_PROVIDER: 'did:ethr' },
    ],
    ['variables of other programs', { SCHEMA_REGISTRY_HOST_NAME: 'x', KAFKA_HEAP_OPTS: 'x' }],
  ])('but not with %s', (_, env) => {
    expect(read(env).warnings.filter(({ isIneffective }) => isIneffective)).toEqual([])
  })
})
