/** What the operator calls a setting: known to whoever has to name it later. */
import { afterAll, describe, expect, it } from '@jest/globals'
import { feedSettingName, settingName } from '../../../app/lib/setting-names.ts'
import { directory, problems, read, type TestEnv } from './environment.ts'

const files = directory()
afterAll(() => files.close())
const urls = files.write('urls', 'ws://a\n')

/** What the first feed's setting is called. */
function called(suffix: string, env: TestEnv): string {
  const [feed] = read({ FEED_T_URLS: undefined, FEED_T_SCHEMA: undefined, ...env }).feeds
  return feed ? feedSettingName(feed, suffix) : ''
}

const preset = { FINNHUB_TRADE_DATA: 'True', KAFKA_TOPIC_FINNHUB_TRADE: 'T' }

describe('a setting of a feed is called', () => {
  it.each<[string, TestEnv, string]>([
    ['URLS', { ...preset, FINNHUB_DATA_URLS: 'ws://a' }, 'FINNHUB_DATA_URLS'],
    ['URLS', { ...preset, FINNHUB_DATA_URLS_FILE: urls }, 'FINNHUB_DATA_URLS_FILE'],
    ['URLS', { ...preset, FEED_FINNHUB_TRADE_URLS: 'ws://a' }, 'FEED_FINNHUB_TRADE_URLS'],
    ['URLS', { ...preset, FEED_FINNHUB_TRADE_URLS_FILE: urls }, 'FEED_FINNHUB_TRADE_URLS_FILE'],
    ['SCHEMA', { ...preset, FINNHUB_DATA_URLS: 'ws://a' }, 'KAFKA_TOPIC_FINNHUB_TRADE'],
    // Not given: the one that its users know, or else the usual one.
    ['KEY', { ...preset, FINNHUB_DATA_URLS: 'ws://a' }, 'KAFKA_FINNHUB_TRADE_KEY_NAME'],
    ['NORMALISE', { ...preset, FINNHUB_DATA_URLS: 'ws://a' }, 'FEED_FINNHUB_TRADE_NORMALISE'],
    ['URLS', { FEED_A_URLS_FILE: urls, FEED_A_SCHEMA: 'A' }, 'FEED_A_URLS_FILE'],
    ['HEADERS', { FEED_A_URLS_FILE: urls, FEED_A_SCHEMA: 'A' }, 'FEED_A_HEADERS'],
  ])('%s with %j: %s', (suffix, env, name) => {
    expect(called(suffix, env)).toBe(name)
  })
})

describe('a setting of the daemon is called', () => {
  it('by its alias or the variable of its file where that was given', () => {
    const { kafka, registry, names } = read({
      BOOTSTRAP_SERVERS: undefined,
      KAFKA_BOOTSTRAP_SERVERS: 'a:1',
      SCHEMA_REGISTRY_URL: undefined,
      SCHEMA_REGISTRY_URL_FILE: files.write('registry', 'http://r'),
      METRICS_PORT_FILE: files.write('port', '1'),
    })
    expect(settingName(kafka.names, 'BOOTSTRAP_SERVERS')).toBe('KAFKA_BOOTSTRAP_SERVERS')
    expect(settingName(kafka.names, 'KAFKA_SECURITY_PROTOCOL')).toBe('KAFKA_SECURITY_PROTOCOL')
    expect(settingName(registry.names, 'SCHEMA_REGISTRY_URL')).toBe('SCHEMA_REGISTRY_URL_FILE')
    expect(settingName(names, 'METRICS_PORT')).toBe('METRICS_PORT_FILE')
    expect(settingName(names, 'METRICS_HOST')).toBe('METRICS_HOST')
  })

  it('so in problems that span several settings', () => {
    expect(problems({ KAFKA_SASL_PASSWORD_FILE: files.write('password', 'p') })).toEqual([
      expect.stringMatching(/^KAFKA_SASL_PASSWORD_FILE has no effect: KAFKA_SECURITY_PROTOCOL is PLAINTEXT; /),
    ])
    const both = { FEED_T_KEY_FILE: files.write('key', 'k'), FEED_T_KEY_FIELD: 'f' }
    expect(problems(both)).toEqual(['FEED_T_KEY_FILE and FEED_T_KEY_FIELD are both set; keep one of them.'])
  })
})
