/** Each declared setting changes the configuration: none is declared and then forgotten. */
import { afterAll, describe, expect, it } from '@jest/globals'
import { describeSettings, readConfig } from '../../../app/config/index.ts'
import { base, directory, kinds, type TestEnv } from './environment.ts'
import { certificatePem, keyPem } from './pem-fixture.ts'

const files = directory()
afterAll(() => files.close())

const pem = files.write('cert.pem', certificatePem)
const key = files.write('key.pem', keyPem)
const tls = { KAFKA_SECURITY_PROTOCOL: 'SSL' }
const sasl = {
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_USERNAME: 'u',
  KAFKA_SASL_PASSWORD: 'p',
  KAFKA_SASL_MECHANISM: 'PLAIN',
}
const oauth = {
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'https://a/',
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: 'c',
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: 's',
}
const records = { FEED_T_RECORDS: 'data' }
const sequence = { FEED_T_SEQUENCE_FIELD: 'x.y' }
const feeds = {
  FINNHUB_TRADE_DATA: 'True',
  FINNHUB_DATA_URLS: 'ws://a',
  KAFKA_TOPIC_FINNHUB_TRADE: 'A',
  IOT_SYNTHETIC_DATA: 'True',
  IOT_SYNTHETIC_URLS: 'ws://b',
  KAFKA_TOPIC_HEALTH_SENSOR: 'B',
  DELIVERY_DATA: 'True',
  DELIVERY_DATA_URLS: 'ws://c',
}

const nats: TestEnv = { FEED_T_SINK: 'nats' }

/** A value other than the default, and what it needs around it. */
const values: Record<string, readonly [value: string, around?: TestEnv]> = {
  TRIBUTARY_CONFIG: [files.write('tributary.yaml', 'linger: 7ms\n')],
  BOOTSTRAP_SERVERS: ['other:1'],
  KAFKA_CLIENT: ['kafkajs'],
  KAFKA_CLIENT_ID: ['x'],
  KAFKA_COMPRESSION: ['zstd'],
  KAFKA_REQUEST_TIMEOUT: ['1s'],
  KAFKA_CONNECT_TIMEOUT: ['1s'],
  NATS_URL: ['nats://x', nats],
  NATS_MODE: ['core', nats],
  NATS_CLIENT_NAME: ['x', nats],
  NATS_CREDS_FILE: ['x', nats],
  NATS_TOKEN: ['x', nats],
  SCHEMA_REGISTRY_URL: ['http://other'],
  SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: ['a:b'],
  SCHEMA_REGISTRY_BEARER_TOKEN: ['t'],
  SCHEMA_REGISTRY_SSL_CA_FILE: [pem],
  SCHEMA_REGISTRY_TIMEOUT: ['1s'],
  SCHEMA_REGISTRY_REFRESH: ['1s'],
  FINNHUB_TRADE_DATA: ['False', feeds],
  FINNHUB_DATA_URLS: ['ws://x', feeds],
  KAFKA_TOPIC_FINNHUB_TRADE: ['x', feeds],
  KAFKA_FINNHUB_TRADE_KEY_NAME: ['x', feeds],
  IOT_SYNTHETIC_DATA: ['False', feeds],
  IOT_SYNTHETIC_URLS: ['ws://x', feeds],
  KAFKA_TOPIC_HEALTH_SENSOR: ['x', feeds],
  KAFKA_HEALTH_SENSOR_KEY_NAME: ['x', feeds],
  DELIVERY_DATA: ['False', feeds],
  DELIVERY_DATA_URLS: ['ws://x', feeds],
  KAFKA_TOPIC_DELIVERY: ['x', feeds],
  PRODUCER_TIMEOUT: ['1', feeds],
  'FEED_<NAME>_URLS': ['ws://x'],
  'FEED_<NAME>_SCHEMA': ['x'],
  'FEED_<NAME>_KEY': ['x'],
  'FEED_<NAME>_KEY_FIELD': ['x'],
  'FEED_<NAME>_NORMALISE': ['delivery'],
  'FEED_<NAME>_SINK': ['stdout'],
  'FEED_<NAME>_FORMAT': ['json', { FEED_T_SCHEMA_FILE: 'none' }],
  'FEED_<NAME>_SCHEMA_FILE': ['none', { FEED_T_FORMAT: 'json' }],
  'FEED_<NAME>_COERCE': ['none'],
  'FEED_<NAME>_BYTES': ['base64'],
  'FEED_<NAME>_TIME_UNIT': ['auto'],
  'FEED_<NAME>_OPEN_MESSAGES': ['["x"]'],
  'FEED_<NAME>_HEADERS': ['{"x":"y"}'],
  'FEED_<NAME>_IGNORE': ['["pong"]'],
  'FEED_<NAME>_ONLY': ['[{"e":"trade"}]'],
  'FEED_<NAME>_PARSE': ['ndjson'],
  'FEED_<NAME>_RECORDS': ['data'],
  'FEED_<NAME>_RECORDS_KEEP': ['stream', records],
  'FEED_<NAME>_RENAME': ['a:b'],
  'FEED_<NAME>_SET': ['a:b'],
  'FEED_<NAME>_ALIVE': ['["pong"]'],
  'FEED_<NAME>_SILENCE_TIMEOUT': ['1s'],
  'FEED_<NAME>_SEQUENCE_FIELD': ['x.y'],
  'FEED_<NAME>_SEQUENCE_FIRST_FIELD': ['x.z', sequence],
  'FEED_<NAME>_SEQUENCE_BY': ['s', sequence],
  'FEED_<NAME>_MAX_SEQUENCES': ['5', sequence],
  'FEED_<NAME>_PING_INTERVAL': ['1s'],
  'FEED_<NAME>_MAX_MESSAGE_BYTES': ['1kB'],
  'FEED_<NAME>_MAX_DOCUMENTS': ['7'],
  'FEED_<NAME>_BACKOFF_MAX': ['1s'],
  'FEED_<NAME>_BACKOFF_SLOW': ['1s'],
  'FEED_<NAME>_STABLE_AFTER': ['1s'],
  'FEED_<NAME>_LANE_MAX_BYTES': ['2MiB'],
  'FEED_<NAME>_OVERLOAD': ['drop-oldest'],
  'FEED_<NAME>_COMPRESSION': ['true'],
  'FEED_<NAME>_MAX_AGE': ['1h'],
  'FEED_<NAME>_TIMESTAMP_FIELD': ['at'],
  KAFKA_SECURITY_PROTOCOL: ['SSL'],
  KAFKA_SASL_MECHANISM: ['SCRAM-SHA-256', sasl],
  KAFKA_SASL_USERNAME: ['x', sasl],
  KAFKA_SASL_PASSWORD: ['x', sasl],
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: ['https://x/', oauth],
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: ['x', oauth],
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: ['x', oauth],
  KAFKA_SSL_CA_FILE: [pem, tls],
  KAFKA_SSL_CERT_FILE: [pem, { ...tls, KAFKA_SSL_KEY_FILE: key }],
  KAFKA_SSL_KEY_FILE: [key, { ...tls, KAFKA_SSL_CERT_FILE: pem }],
  KAFKA_SASL_ALLOW_PLAINTEXT: ['true', { ...sasl, KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT' }],
  DIAL_RATE: ['1'],
  HANDSHAKE_TIMEOUT: ['1s'],
  LANE: ['disk', { LANE_DIR: '/x', LANE: 'memory' }],
  LANE_DIR: ['/x'],
  LANE_SYNC: ['commit'],
  GAPS_TOPIC: ['y'],
  STARTUP_TIMEOUT: ['1s'],
  DRAIN_TIMEOUT: ['1s'],
  MAX_IN_FLIGHT_BATCHES: ['1'],
  LINGER: ['1s'],
  RECORD_HEADERS: ['feed'],
  DEAD_LETTER_TOPIC: ['dead'],
  DEAD_LETTER_MAX_BYTES: ['1kB'],
  METRICS_HOST: ['localhost'],
  METRICS_PORT: ['1'],
  METRICS_MAX_URLS: ['1'],
  URL_PATHS: ['hide'],
  LOG_LEVEL: ['debug'],
  DID_PROVIDER: ['did:x'],
  SSI_VALIDATION: ['false'],
  CACHE_DID: ['true'],
  PROCESSING_MODE: ['async'],
}

function outcome(env: TestEnv): string {
  try {
    return JSON.stringify(readConfig(env, kinds))
  } catch (error) {
    return `refused: ${error}`
  }
}

describe('every setting', () => {
  it('has a row here', () => {
    expect(Object.keys(values).sort()).toEqual(
      describeSettings(kinds)
        .map(({ name }) => name)
        .sort(),
    )
  })

  it.each(Object.entries(values))('%s=%j changes the configuration', (name, [value, around]) => {
    const env = { ...base, ...around }
    const changed = outcome({ ...env, [name.replace('<NAME>', 'T')]: value })
    expect(changed).not.toContain('refused')
    const before = { ...env }
    // A file and its counterpart only count together.
    if (name.endsWith('_FILE')) delete before.KAFKA_SSL_CERT_FILE
    if (name.endsWith('_FILE')) delete before.KAFKA_SSL_KEY_FILE
    expect(changed).not.toBe(outcome(before))
  })
})
