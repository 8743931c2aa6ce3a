/** The configuration file: the same settings as keys, under the environment. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readConfig, readLaneConfig, readSources } from '../../../app/config/index.ts'
import { sentenceOf } from '../../../app/errors.ts'
import { base, kinds, type TestEnv } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'tributary-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 't.yaml')
let env: TestEnv = {}
beforeEach(() => {
  env = { TRIBUTARY_CONFIG: path }
})

const LEAST = `
bootstrap_servers: kafka:29092
schema_registry_url: http://schema-registry:8081
feeds:
  t:
    urls: ws://upstream:4200/ws
    schema: Ticker
`

function write(text: string): void {
  writeFileSync(path, text)
}
function read(text: string, more: TestEnv = {}) {
  write(text)
  return readConfig({ ...env, ...more }, kinds)
}
function problems(text: string, more: TestEnv = {}): string[] {
  write(text)
  return readSources({ env: { ...env, ...more } }, kinds).problems.map(sentenceOf)
}
const at = (place: string): string => `(${path}:${place})`

describe('a file', () => {
  it('says what variables say', () => {
    const { names: _, feeds, ...house } = read(LEAST)
    const { names: __, feeds: expected, ...same } = readConfig(base, kinds)
    expect({ ...house, kafka: { ...house.kafka, names: {} }, registry: { ...house.registry, names: {} } }).toEqual(same)
    expect(feeds.map(({ names, ...feed }) => feed)).toEqual(expected.map(({ names, ...feed }) => feed))
    expect(feeds[0]?.names).toMatchObject({ URLS: 'feeds.t.urls', SILENCE_TIMEOUT: 'feeds.t.silence_timeout' })
  })

  it('may give values as YAML has them', () => {
    const more = `
    open_messages:
      - {type: subscribe, id: 12345678901234567890.10, on: true, of: null}
      - hello
    headers: {X-Id: 7, Authorization: "Bearer a: b"}
    ignore: [pong, {type: ping}]
    normalise: [delivery, verifiable-credential]
    compression: yes
    ping_interval: 5
    silence_timeout: auto
    max_message_bytes: 2MiB
    max_documents: 7
    key_field: a.b
record_headers: [feed, source]
metrics_port: 0
kafka_compression: zstd
dial_rate: 0.5
`
    const config = read(`${LEAST}${more}`)
    expect(config).toMatchObject({ recordHeaders: ['feed', 'source'], metricsPort: 0, dialRate: 0.5 })
    expect(config.kafka.compression).toBe('zstd')
    expect(config.feeds[0]).toMatchObject({
      openMessages: ['{"type":"subscribe","id":12345678901234567890.10,"on":true,"of":null}', 'hello'],
      headers: { 'X-Id': '7', Authorization: 'Bearer a: b' },
      ignore: ['pong', { type: 'ping' }],
      normalise: ['delivery', 'verifiable-credential'],
      compression: true,
      pingIntervalMs: 5000,
      silenceTimeoutMs: 'auto',
      maxMessageBytes: 2 * 1024 ** 2,
      maxDocuments: 7,
      keyField: ['a', 'b'],
    })
  })

  it('may list URLs that hold commas', () => {
    const urls = ['ws://a/?x=1,2', 'ws://b']
    expect(read(LEAST.replace('ws://upstream:4200/ws', JSON.stringify(urls))).feeds[0]?.urls).toEqual(urls)
  })

  it('lies under the environment, which wins', () => {
    const more = { FEED_T_URLS: 'ws://other', METRICS_PORT: '1', FEED_U_URLS: 'ws://u', FEED_U_SCHEMA: 'U' }
    const config = read(`${LEAST}metrics_port: 2\nlinger: 3ms\n`, more)
    expect(config).toMatchObject({ metricsPort: 1, lingerMs: 3 })
    expect(config.feeds.map(({ name, urls, schema }) => [name, urls, schema])).toEqual([
      ['t', ['ws://other'], 'Ticker'],
      ['u', ['ws://u'], 'U'],
    ])
  })

  it('loses to the environment also where that has the file of a value, or the same otherwise', () => {
    const key = join(folder, 'key')
    writeFileSync(key, 'from a file\n')
    expect(read(`${LEAST}    key: a\n`, { FEED_T_KEY_FILE: key }).feeds[0]?.key).toBe('from a file')
    expect(read(`${LEAST}    key: a\n`, { FEED_T_KEY_FIELD: 'f' }).feeds[0]).toMatchObject({ keyField: ['f'] })
    expect(read(`${LEAST}    key: a\n`, { FEED_T_KEY_FIELD: 'f' }).feeds[0]?.key).toBeUndefined()
  })

  it('may hold nothing', () => {
    write('# only a comment\n')
    expect(readConfig({ ...base, ...env }, kinds).feeds).toHaveLength(1)
    expect(read(`${LEAST}metrics_port:\nlinger: ""\n`)).toMatchObject({ metricsPort: 9000, lingerMs: 2 })
  })

  it('may have anchors and aliases', () => {
    expect(read(LEAST.replace('schema: Ticker', 'schema: &name Ticker\n    key: *name')).feeds[0]).toMatchObject({
      schema: 'Ticker',
      key: 'Ticker',
    })
  })

  it('is not looked for where none is named, but the usual one is where it is there', () => {
    write(LEAST)
    expect(readSources({ env: {}, usualFile: join(folder, 'nowhere') }, kinds).problems).not.toEqual([])
    expect(readSources({ env: {}, usualFile: path }, kinds)).toMatchObject({ problems: [], files: [path] })
    write('- not\n- a map\n')
    expect(readSources({ env: base, usualFile: path }, kinds).problems).toHaveLength(1)
    expect(readSources({ env: { ...base, TRIBUTARY_CONFIG: '/dev/null' }, usualFile: path }, kinds).problems).toEqual([
      expect.objectContaining({ setting: 'TRIBUTARY_CONFIG', text: expect.stringContaining('pipe or a device') }),
    ])
  })

  it('is no file that is not there where it only cannot be looked at', () => {
    const usualFile = join(folder, 'loop.yaml')
    symlinkSync('loop.yaml', usualFile)
    for (const isFileInForce of [false, true]) {
      expect(readSources({ env: base, usualFile, isFileInForce }, kinds).problems.map(sentenceOf)).toEqual([
        `The configuration is in ${usualFile}, which names a file that cannot be read (ELOOP); check the path and its permissions.`,
      ])
    }
    // Nothing can be below a file.
    write(LEAST)
    expect(readSources({ env: base, usualFile: join(path, 'below') }, kinds).problems).toEqual([])
  })

  it('makes feeds of the replaced producer what their variables make them', () => {
    const feed = read(LEAST.replace('  t:', '  finnhub_trade:'), { PRODUCER_TIMEOUT: '9' }).feeds[0]
    expect(feed).toMatchObject({ key: 'FinnhubTrade', normalise: ['verifiable-credential'], silenceTimeoutMs: 9000 })
  })

  it('has a feed that no variable can be mistaken for', () => {
    const two = `${LEAST}  t_key:\n    urls: ws://b\n    schema: B\n`
    const { feeds } = read(two, { FEED_T_KEY_SCHEMA: 'C' })
    expect(Object.fromEntries(feeds.map(({ name, schema }) => [name, schema]))).toEqual({ t: 'Ticker', t_key: 'C' })
  })

  it('has the lanes of commands that need nothing else, whatever is wrong with the rest', () => {
    write('lane_dir: /x\nwhatever: 1\n')
    expect(readLaneConfig({ env }, kinds)).toMatchObject({ directory: '/x' })
  })
})

describe('a feed of a file', () => {
  it.each([
    ['schema', 'FEED_T_SCHEME', 'FEED_T_SCHEMA'],
    ['urls', 'FEED_T_URL', 'FEED_T_URLS'],
  ])('that lacks its %s has one problem where a misspelt variable was meant to be that', (key, variable, meant) => {
    const text = LEAST.replace(new RegExp(`^ +${key}: .*\n`, 'm'), '')
    expect(problems(text, { [variable]: 'x' })).toEqual([`${variable} is not a setting; did you mean ${meant}?`])
  })

  it('takes no half of a character, which nothing could send', () => {
    const text = `${LEAST}    key: "\\ud800"\n    open_messages: ["a\\udfff"]\n`
    const half = 'holds half of a character (a lone surrogate)'
    expect(problems(text)).toEqual([
      `feeds.t.key ${at('8:10')} ${half}.`,
      `feeds.t.open_messages ${at('9:21')} ${half}.`,
    ])
  })
})

describe('a variable in a file', () => {
  it('is put in, as a whole or as a part', () => {
    const config = read(LEAST.replace('ws://upstream:4200/ws', `wss://h/?t=\${TOKEN}`).replace('Ticker', `\${NAME}`), {
      TOKEN: 's3cr3tt0k3n',
      NAME: 'Own',
    })
    expect(config.feeds[0]).toMatchObject({ urls: ['wss://h/?t=s3cr3tt0k3n'], schema: 'Own' })
    expect(config.secrets.hideAll('t=s3cr3tt0k3n')).toBe('t=***')
  })

  it('is put into lists and maps, and not read again', () => {
    const text = `${LEAST}    headers: {A: "\${A}"}\n    open_messages: [{a: "x\${A}"}, "$\${A}"]\n`
    expect(read(text, { A: `"\\\${B}` }).feeds[0]).toMatchObject({
      headers: { A: `"\\\${B}` },
      openMessages: [`{"a":"x\\"\\\\\${B}"}`, `\${A}`],
    })
  })

  it.each([
    [`\${NOWHERE}`, `names \${NOWHERE}, which is not set`],
    [`\${A`, `has a \${ without the name of a variable and a }; write $\${ where it is meant as it stands`],
    [`\${A:-b}`, `has a \${ without the name of a variable and a }; write $\${ where it is meant as it stands`],
    [`\${}`, `has a \${ without the name of a variable and a }; write $\${ where it is meant as it stands`],
  ])('%s is told with its place', (written, problem) => {
    const text = LEAST.replace('Ticker', JSON.stringify(written))
    expect(problems(text)).toContain(`feeds.t.schema ${at('7:13')} ${problem}.`)
  })

  it('is not shown by a problem', () => {
    expect(problems(`${LEAST}metrics_port: \${A}\n`, { A: 's3cret' }).join()).not.toContain('s3cret')
    expect(problems(`${LEAST}metrics_port: x\n`)).toEqual([
      `metrics_port ${at('8:15')} must be a whole number from 0 to 65535; it is "x".`,
    ])
  })
})

describe('a secret of a file', () => {
  it('may be in another, which is read at the start, without the line end', () => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'user:p4ssw0rd\r\n')
    const config = read(`${LEAST}schema_registry_basic_auth_user_info_file: ${secret}\n`)
    expect(config.registry.basicAuth).toBe('user:p4ssw0rd')
    expect(config.registry.names).toMatchObject({
      SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'schema_registry_basic_auth_user_info_file',
    })
    expect(readSources({ env }, kinds).files).toEqual([path, secret])
  })

  it('may not be in both', () => {
    expect(problems(`${LEAST}    key: a\n    key_file: /x\n`)).toEqual([
      `feeds.t.key ${at('8:10')} and feeds.t.key_file ${at('9:15')} are both set; keep one of them.`,
    ])
  })

  it('is told where its file is not there', () => {
    expect(problems(`${LEAST}    key_file: /nowhere\n`)).toEqual([
      `feeds.t.key_file ${at('8:15')} names a file that cannot be read (ENOENT); check the path and its permissions.`,
    ])
  })
})

describe('an unknown key', () => {
  it.each([
    ['metric_port: 1', 'metric_port', '8:1', 'metrics_port'],
    ['METRICS_PORT: 1', 'METRICS_PORT', '8:1', 'metrics_port'],
    ['kafka-client: kafkajs', 'kafka-client', '8:1', 'kafka_client'],
    ['feed: {}', 'feed', '8:1', 'feeds'],
    ['    silense_timeout: 1', 'feeds.t.silense_timeout', '8:5', 'feeds.t.silence_timeout'],
    ['    url: ws://a', 'feeds.t.url', '8:5', 'feeds.t.urls'],
    ['    key_fil: x', 'feeds.t.key_fil', '8:5', 'feeds.t.key_file'],
  ])('%s stops the start and names the nearest', (line, key, place, meant) => {
    expect(problems(`${LEAST}${line}\n`)).toEqual([`${key} ${at(place)} is not a setting; did you mean ${meant}?`])
  })

  it.each([
    ['whatever: 1', 'whatever'],
    ['finnhub_trade_data: true', 'finnhub_trade_data'],
    ['producer_timeout: 1', 'producer_timeout'],
    ['tributary_config: /x', 'tributary_config'],
    ['kafka_ssl_ca_file_file: /x', 'kafka_ssl_ca_file_file'],
    ['    __proto__: 1', 'feeds.t.__proto__'],
    ['    constructor: 1', 'feeds.t.constructor'],
  ])('%s has nothing near', (line, key) => {
    expect(problems(`${LEAST}${line}\n`)).toEqual([expect.stringContaining(`${key} (`)])
  })

  it('does not hide what else is wrong', () => {
    const told = problems(`whatever: 1\nlinger: 5\nfeeds:\n  a: {schema: ..}\n  B: {}\n`, { METRICS_PORT: 'x' })
    expect(told).toEqual([
      expect.stringContaining('whatever'),
      expect.stringMatching(/^feeds\.B \(.*:5:3\) is no name of a feed/),
      expect.stringMatching(/^BOOTSTRAP_SERVERS is missing/),
      expect.stringMatching(/^linger \(.*:2:9\) must be a duration with its unit/),
      expect.stringMatching(/^METRICS_PORT must be/),
      expect.stringMatching(/^SCHEMA_REGISTRY_URL is missing/),
      expect.stringMatching(/^feeds.a.urls is missing/),
      expect.stringMatching(/^feeds.a.schema \(.*:4:15\) must be a topic name/),
    ])
  })
})

describe('what several keys say together', () => {
  it.each([
    ['kafka_compression: lz4\nkafka_client: kafkajs', /^kafka_compression=lz4 needs kafka_client=platformatic/],
    ['kafka_sasl_mechanism: PLAIN', /^kafka_sasl_mechanism has no effect: KAFKA_SECURITY_PROTOCOL is PLAINTEXT/],
    ['kafka_security_protocol: SASL_SSL', /^KAFKA_SASL_MECHANISM is missing: kafka_security_protocol=SASL_SSL/],
    ['lane: disk', /^LANE_DIR is missing: lane is disk/],
    ['gaps_topic: a\ndead_letter_topic: a', /^gaps_topic and dead_letter_topic are the same/],
    ['gaps_topic: Ticker', /^gaps_topic is the topic of feed t/],
    ['    key: a\n    key_field: b', /^feeds.t.key and feeds.t.key_field are both set/],
    ['    lane_max_bytes: 1kB', /^feeds.t.lane_max_bytes must be at least feeds.t.max_message_bytes/],
  ])('%j is told by the names of the keys', (lines, problem) => {
    expect(problems(`${LEAST}${lines}\n`)).toEqual([expect.stringMatching(problem)])
  })
})

describe('a file that is no YAML', () => {
  const SECRET = 'c4n4ry'
  it.each([
    ['a tab', `feeds:\n\tt: ${SECRET}`, 'uses a tab'],
    ['an open quote', `a: "${SECRET}`, ''],
    ['an open bracket', `a: [${SECRET}`, ''],
    ['an alias of nothing', `a: *${SECRET}`, 'has an alias'],
    ['a tag', `a: !${SECRET} b`, 'has a tag'],
    ['a reserved character', `a: @${SECRET}`, ''],
    ['a second document', `a: b\n---\n${SECRET}: d`, 'holds more than one document'],
    ['a key twice', `linger: 1ms\nlinger: ${SECRET}`, 'says a key twice'],
    ['a list as a key', `? [${SECRET}]\n: 1`, 'has a key that is no text'],
    ['a text', SECRET, 'must be a map'],
    ['a list', `- ${SECRET}`, 'must be a map'],
    ['an alias of itself', `a: &a [*a, ${SECRET}]`, 'levels deep'],
    ['deep brackets', '['.repeat(20_000), ':1:34 is more than 32 levels deep'],
    ['deep maps', `a: ${'{a: '.repeat(20_000)}`, 'is more than 32 levels deep'],
    [
      'deep blocks',
      Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'is more than 32 levels deep',
    ],
    ['too much', `a: ${'x'.repeat(1024 ** 2)}`, 'is larger than 256 KiB'],
    ['many errors', '"'.repeat(256 * 1024), ''],
    ['a directive', `%${SECRET} 1\n---\na: b`, ''],
    ['NUL', `a: \0${SECRET}`, 'NUL'],
  ])('with %s is told with a place and without content, in time', (_, text, problem) => {
    const startedAt = performance.now()
    const told = problems(text, base)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(told.length).toBeGreaterThan(0)
    if (problem !== 'uses a tab') expect(told.join()).toContain(problem)
    expect(told.join()).not.toContain(SECRET)
    expect(told.join()).toContain(problem === 'NUL' ? 'TRIBUTARY_CONFIG' : path)
  })

  it('by aliases of aliases ends in time', () => {
    const bomb = [
      'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
      ...Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`),
    ].join('\n')
    const startedAt = performance.now()
    expect(problems(bomb, base).join()).toContain('holds too much')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('by many aliases ends in time', () => {
    const startedAt = performance.now()
    const many = Array(40_000).fill('*a').join(',')
    expect(problems(`${LEAST}    key: &a x\n    ignore: [${many}]\n`)).toEqual([
      expect.stringContaining('may list 100 at most'),
    ])
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('by many keys ends in time', () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')
    const startedAt = performance.now()
    const told = problems(keys, base)
    expect(told).toHaveLength(21)
    expect(told.at(-1)).toBe(`19980 more keys of ${path} are no settings.`)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('a value of another shape', () => {
  it.each([
    ['    schema: [a]', 'feeds.t.schema', 'must be a topic name'],
    ['    silence_timeout: {a: 1}', 'feeds.t.silence_timeout', 'must be a duration'],
    ['    urls: {a: 1}', 'feeds.t.urls', 'must be a list'],
    ['    urls: [[ws://a]]', 'feeds.t.urls', 'must list plain values'],
    ['    ignore: {a: 1}', 'feeds.t.ignore', 'must be a JSON array'],
    ['    headers: [a]', 'feeds.t.headers', 'must be a JSON object'],
    ['    open_messages: [.inf]', 'feeds.t.open_messages', 'has a number that JSON does not have'],
    ['    key_file: [a]', 'feeds.t.key_file', 'must be the path of a file'],
  ])('%s is refused', (line, key, problem) => {
    const name = line.trim().split(':')[0] ?? ''
    const text = LEAST.replace(new RegExp(`^ +${name}: .*\n`, 'm'), '')
    expect(problems(`${text}${line}\n`)).toContainEqual(
      expect.stringMatching(new RegExp(`^${key.replaceAll('.', '\\.')} \\(.*${problem}`)),
    )
  })
})
