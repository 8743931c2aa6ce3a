/** The feeds of the replaced producer: its variables work as they are, and FEED_… variables refine them. */
import { describe, expect, it } from '@jest/globals'
import { readConfig } from '../../../app/config/index.ts'
import { kinds, problemsOf, type TestEnv } from './environment.ts'

/** The environment of an existing deployment. */
const existing: TestEnv = {
  BOOTSTRAP_SERVERS: 'kafka:29092',
  SCHEMA_REGISTRY_URL: 'http://schema-registry:8081',
  KAFKA_TOPIC_FINNHUB_TRADE: 'TradeEvent',
  FINNHUB_DATA_URLS: 'ws://data_synthesizer:4200/ws',
  FINNHUB_TRADE_DATA: 'True',
  KAFKA_TOPIC_HEALTH_SENSOR: 'health_sensor',
  IOT_SYNTHETIC_URLS: 'ws://synthesizer1:3339/ws,ws://synthesizer2:3339/ws',
  IOT_SYNTHETIC_DATA: 'True',
  PRODUCER_TIMEOUT: '30',
}

const feeds = (more: TestEnv = {}) => readConfig({ ...existing, ...more }, kinds).feeds
const only = (more: TestEnv) => feeds({ IOT_SYNTHETIC_DATA: 'False', ...more })[0]

describe('the environment of the replaced producer', () => {
  it('gives its two feeds', () => {
    expect(feeds()).toEqual([
      expect.objectContaining({
        name: 'finnhub_trade',
        urls: ['ws://data_synthesizer:4200/ws'],
        schema: 'TradeEvent',
        key: 'FinnhubTrade',
        normalise: ['verifiable-credential'],
        silenceTimeoutMs: 30_000,
        openMessages: [],
      }),
      expect.objectContaining({
        name: 'health_sensor',
        urls: ['ws://synthesizer1:3339/ws', 'ws://synthesizer2:3339/ws'],
        schema: 'health_sensor',
        key: 'HealthSensor',
        silenceTimeoutMs: 30_000,
      }),
    ])
  })

  it('has no silence limit unless PRODUCER_TIMEOUT is set', () => {
    expect(feeds({ PRODUCER_TIMEOUT: undefined })[0]?.silenceTimeoutMs).toBeUndefined()
    expect(feeds({ PRODUCER_TIMEOUT: '500ms' })[0]?.silenceTimeoutMs).toBe(500)
  })

  it('can name its keys', () => {
    const keys = { KAFKA_FINNHUB_TRADE_KEY_NAME: 'a', KAFKA_HEALTH_SENSOR_KEY_NAME: 'b' }
    expect(feeds(keys).map(({ key }) => key)).toEqual(['a', 'b'])
  })

  it.each(['False', 'f', '0', 'no', undefined, ''])('leaves a feed off whose switch is %s', (text) => {
    expect(feeds({ FINNHUB_TRADE_DATA: text }).map(({ name }) => name)).toEqual(['health_sensor'])
  })

  it('is told which of its own variables is missing', () => {
    const told = problemsOf({ ...existing, KAFKA_TOPIC_FINNHUB_TRADE: undefined, IOT_SYNTHETIC_URLS: undefined })
    expect(told).toEqual([
      expect.stringMatching(/^KAFKA_TOPIC_FINNHUB_TRADE is missing; .*TradeEvent\.$/),
      expect.stringMatching(/^IOT_SYNTHETIC_URLS is missing; .*synthesizer1/),
    ])
  })

  it('needs at least one stream', () => {
    const told = problemsOf({ ...existing, FINNHUB_TRADE_DATA: 'False', IOT_SYNTHETIC_DATA: 'False' })
    expect(told).toEqual([expect.stringContaining('No feed is on')])
  })

  it('is told of a switch that is no boolean', () => {
    expect(problemsOf({ ...existing, FINNHUB_TRADE_DATA: 'si' })).toEqual([
      expect.stringContaining('FINNHUB_TRADE_DATA must be true or false'),
    ])
  })
})

describe('the feed delivery', () => {
  const delivery = { FINNHUB_TRADE_DATA: 'f', DELIVERY_DATA: 'yes', DELIVERY_DATA_URLS: 'ws://d' }

  it('goes to sessions, keyed by the device', () => {
    expect(only(delivery)).toMatchObject({
      name: 'delivery',
      urls: ['ws://d'],
      schema: 'sessions',
      keyField: ['device_id'],
      normalise: ['delivery'],
    })
  })

  it('can have another topic and a constant key', () => {
    const feed = only({ ...delivery, KAFKA_TOPIC_DELIVERY: 'd', FEED_DELIVERY_KEY: 'k' })
    expect(feed).toMatchObject({ schema: 'd', key: 'k' })
  })
})

describe('a FEED_… variable of a preset feed', () => {
  it.each([
    [{ FEED_FINNHUB_TRADE_URLS: 'ws://other' }, { urls: ['ws://other'] }],
    [{ FEED_FINNHUB_TRADE_SCHEMA: 'Other' }, { schema: 'Other' }],
    [{ FEED_FINNHUB_TRADE_KEY: 'k' }, { key: 'k' }],
    [{ FEED_FINNHUB_TRADE_KEY_FIELD: 'symbol' }, { keyField: ['symbol'] }],
    [{ FEED_FINNHUB_TRADE_NORMALISE: 'off' }, { normalise: [] }],
    [{ FEED_FINNHUB_TRADE_SILENCE_TIMEOUT: '1m' }, { silenceTimeoutMs: 60_000 }],
    [{ FEED_FINNHUB_TRADE_SILENCE_TIMEOUT: 'off' }, { silenceTimeoutMs: undefined }],
    [{ FEED_FINNHUB_TRADE_SILENCE_TIMEOUT: ' Auto' }, { silenceTimeoutMs: 'auto' }],
    [{ FEED_FINNHUB_TRADE_PING_INTERVAL: '5s' }, { pingIntervalMs: 5000 }],
  ])('wins: %j', (env, expected) => {
    expect(only(env)).toMatchObject(expected)
  })

  it('turns the feed on where its URLs are given and the switch is not', () => {
    const feed = only({
      FINNHUB_TRADE_DATA: undefined,
      FINNHUB_DATA_URLS: undefined,
      FEED_FINNHUB_TRADE_URLS: 'ws://a',
    })
    expect(feed).toMatchObject({ name: 'finnhub_trade', urls: ['ws://a'], schema: 'TradeEvent' })
  })

  it('does not turn a feed on whose switch says off, and a warning says so', () => {
    const env = { ...existing, FINNHUB_TRADE_DATA: 'False', FEED_FINNHUB_TRADE_URLS: 'ws://a' }
    const { feeds: on, warnings } = readConfig(env, kinds)
    expect(on.map(({ name }) => name)).toEqual(['health_sensor'])
    expect(warnings).toEqual([
      {
        setting: 'FINNHUB_TRADE_DATA',
        text: expect.stringMatching(/^the FEED_FINNHUB_TRADE_… variables have no effect.*FINNHUB_TRADE_DATA/),
        // It may be switched off for a while.
        isIneffective: false,
      },
    ])
  })
})
