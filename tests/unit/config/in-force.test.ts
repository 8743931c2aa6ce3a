/** What is in force, as a file: it says the same again, and no secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { inForceAsYaml, readSources, type Sources } from '../../../app/config/index.ts'
import { base, kinds, type TestEnv } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'tributary-in-force-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function write(text: string): string {
  const path = join(folder, `${files++}`)
  writeFileSync(path, text)
  return path
}

function read(sources: Sources) {
  const reading = readSources(sources, kinds)
  if (!reading.config) throw new Error(reading.problems.map(({ text }) => text).join('\n'))
  return { config: reading.config, text: inForceAsYaml(reading.inForce) }
}

/** Without what the operator calls things, which is the point of the exercise. */
function values({ config }: ReturnType<typeof read>): unknown {
  const { secrets: _, names: __, feeds, kafka, registry, warnings, ...others } = config
  const plain = feeds.map(({ names, ...feed }) => feed).sort((a, b) => a.name.localeCompare(b.name))
  return { ...others, feeds: plain, kafka: { ...kafka, names: {} }, registry: { ...registry, names: {} } }
}

/** What is in force in `sources`, read again: only the variables that it names are still there. */
function again({ env }: Sources, text: string) {
  const named = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))
  const left = Object.fromEntries(Object.entries(env).filter(([name]) => named.has(name)))
  return read({ env: { ...left, TRIBUTARY_CONFIG: write(text) } })
}

const secretFile = write('wss://h/?token=s3cr3t\n')
const environments: Record<string, TestEnv> = {
  'the least': {},
  'awkward texts': {
    FEED_T_KEY: `"a": 'b' # \${C} $\${D} \\ \u0007 é\ud83d\ude00`,
    KAFKA_CLIENT_ID: '0x1F',
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: ' null ',
    KAFKA_SASL_PASSWORD: `  \${p} `,
    DID_PROVIDER: '~',
    LINGER: ' 5ms',
    RECORD_HEADERS: 'feed, source',
    FEED_T_IGNORE: '[{"id":12345678901234567},"pong",{"a":{"b":[1,null]}}]'.replace('12345678901234567', '1.50'),
  },
  'words that YAML reads as something else': { FEED_T_KEY: 'null', FEED_T_SCHEMA: '1e3', GAPS_TOPIC: '007' },
  'more words': { FEED_T_KEY: '-', FEED_T_SCHEMA: 'true', KAFKA_CLIENT_ID: '1_000' },
  'a text of several lines': { FEED_T_KEY: 'a\n  b\r\n\tc', FEED_T_URLS: 'ws://a\nws://b' },
  'a file of a secret': { FEED_T_URLS: undefined, FEED_T_URLS_FILE: secretFile },
  'the replaced producer': {
    FEED_T_URLS: undefined,
    FEED_T_SCHEMA: undefined,
    FINNHUB_TRADE_DATA: 'True',
    FINNHUB_DATA_URLS: 'ws://a',
    KAFKA_TOPIC_FINNHUB_TRADE: 'TradeEvent',
    FEED_FINNHUB_TRADE_KEY_FIELD: 'symbol',
    IOT_SYNTHETIC_DATA: 'no',
    FEED_HEALTH_SENSOR_URLS: 'ws://c',
    DELIVERY_DATA: 'yes',
    DELIVERY_DATA_URLS_FILE: secretFile,
    PRODUCER_TIMEOUT: '30',
  },
  'another name': { BOOTSTRAP_SERVERS: undefined, KAFKA_BOOTSTRAP_SERVERS: 'a:1' },
  'lanes and sequences': {
    LANE_DIR: '/x',
    LANE_SYNC: 'commit',
    FEED_T_SEQUENCE_FIELD: 'a',
    FEED_T_SEQUENCE_BY: 'b',
    FEED_T_MAX_AGE: '1h',
    FEED_NULL_URLS: 'ws://n',
    FEED_NULL_SCHEMA: 'N',
    FEED_0_URLS: 'ws://0',
    FEED_0_SCHEMA: 'N0',
  },
}

describe('what is in force', () => {
  it.each(Object.entries(environments))('with %s is the same when it is read again, and again', (_, more) => {
    const sources = { env: { ...base, ...more } }
    const first = read(sources)
    const second = again(sources, first.text)
    expect(values(second)).toEqual(values(first))
    expect(second.config.warnings.length).toBe(
      first.config.warnings.filter(({ setting }) => setting !== 'IOT_SYNTHETIC_DATA').length,
    )
    const third = again({ env: { ...sources.env } }, second.text.replaceAll(/\$\{(\w+)\}/g, `\${$1}`))
    expect(values(third)).toEqual(values(first))
  })

  it('names where each value is from', () => {
    const path = write(
      `linger: 5ms\nmetrics_port: \${PORT}\nfeeds: {t: {headers: {A: "s3cret-token"}, open_messages: "\${OPEN}"}}\n`,
    )
    const { text } = read({ env: { ...base, TRIBUTARY_CONFIG: path, PORT: '7', OPEN: '["s3cret-token"]' } })
    const lines = text.split('\n').map((line) => line.trim())
    expect(lines).toEqual(
      expect.arrayContaining([
        `linger: 5ms # linger (${path}:1:9)`,
        `metrics_port: \${PORT} # metrics_port (${path}:2:15)`,
        'bootstrap_servers: kafka:29092 # BOOTSTRAP_SERVERS',
        `schema_registry_url: \${SCHEMA_REGISTRY_URL} # SCHEMA_REGISTRY_URL`,
        `urls: \${FEED_T_URLS} # FEED_T_URLS`,
        `headers: \${FEED_T_HEADERS} # feeds.t.headers (${path}:3:22)`,
        `open_messages: \${OPEN} # feeds.t.open_messages (${path}:3:58)`,
        '# drain_timeout: 8s # default',
      ]),
    )
    expect(text).not.toContain('s3cret-token')
  })

  it('is shown as far as it is known where something is wrong', () => {
    const { config, inForce } = readSources({ env: { ...base, METRICS_PORT: 'x', LINGER: '5ms' } }, kinds)
    expect(config).toBeUndefined()
    expect(inForceAsYaml(inForce, false)).toContain('linger: 5ms # LINGER')
  })

  it('shows nothing of what is wrong in a place where somebody could have put a secret', () => {
    const env = { ...base, BOOTSTRAP_SERVERS: 'u:c4n4ry@kafka', FEED_T_KEY: 'c4n4ry', KAFKA_CLIENT_ID: 'c4n4ry !' }
    const { inForce, problems } = readSources({ env }, kinds)
    expect(problems).not.toEqual([])
    expect(inForceAsYaml(inForce, false)).not.toContain('c4n4ry')
    expect(inForceAsYaml(inForce, false)).toContain(`bootstrap_servers: \${BOOTSTRAP_SERVERS} #`)
  })

  it('shows no secret of any setting that is declared one', () => {
    const secret = 'c4n4ry-c4n4ry'
    const env = {
      ...base,
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'PLAIN',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: secret,
      SCHEMA_REGISTRY_URL: `https://u:${secret}@r`,
      FEED_T_URLS: `ws://a/${secret}`,
      FEED_T_HEADERS: `{"A":"${secret}"}`,
      FEED_T_OPEN_MESSAGES: `["${secret}"]`,
    }
    expect(read({ env }).text).not.toContain(secret)
  })
})
