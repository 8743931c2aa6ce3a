/** Settings from files. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { directory, problems, read } from './environment.ts'

let files: ReturnType<typeof directory>
beforeEach(() => {
  files = directory()
})
afterEach(() => files.close())

describe('X_FILE', () => {
  it('gives any setting, less the line end and the byte order mark', () => {
    const config = read({
      BOOTSTRAP_SERVERS: undefined,
      KAFKA_BOOTSTRAP_SERVERS_FILE: files.write('brokers', 'a:1\n'),
      METRICS_PORT_FILE: files.write('port', '\uFEFF9001\r\n'),
      FEED_T_SCHEMA: undefined,
      FEED_T_SCHEMA_FILE: files.write('schema', 'FromFile\n'),
      FEED_T_KEY_FILE: files.write('key', ' blanks stay \n'),
    })
    expect(config).toMatchObject({
      kafka: { brokers: ['a:1'] },
      metricsPort: 9001,
      feeds: [{ schema: 'FromFile', key: { kind: 'constant', value: ' blanks stay ' } }],
    })
  })

  it('keeps the paths that are read again at each dial', () => {
    const urlsFile = files.write('urls', 'ws://a\nws://b\n')
    const headersFile = files.write('headers', '{"A":"b"}\n')
    const { feeds } = read({ FEED_T_URLS: undefined, FEED_T_URLS_FILE: urlsFile, FEED_T_HEADERS_FILE: headersFile })
    expect(feeds[0]).toMatchObject({ urls: ['ws://a', 'ws://b'], urlsFile, headers: { A: 'b' }, headersFile })
  })

  it('keeps the path of a preset variable too', () => {
    const urlsFile = files.write('urls', 'ws://a')
    const preset = { FINNHUB_TRADE_DATA: 'True', KAFKA_TOPIC_FINNHUB_TRADE: 'T', FINNHUB_DATA_URLS_FILE: urlsFile }
    expect(read(preset).feeds[0]).toMatchObject({ name: 'finnhub_trade', urls: ['ws://a'], urlsFile })
  })

  it('may not list a URL twice, since its lines are the sources', () => {
    const urlsFile = files.write('urls', 'ws://a,ws://a')
    expect(problems({ FEED_T_URLS: undefined, FEED_T_URLS_FILE: urlsFile })).toEqual([
      'The file of FEED_T_URLS_FILE lists a URL twice (items 1 and 2); remove one of them.',
    ])
  })

  it('is refused beside X', () => {
    expect(problems({ LINGER: '1ms', LINGER_FILE: files.write('linger', '1ms') })).toEqual([
      'LINGER and LINGER_FILE are both set; keep one of them.',
    ])
  })

  it('is the only problem told when it cannot be read or is empty', () => {
    const missing = { FEED_T_URLS: undefined, FEED_T_URLS_FILE: '/nowhere/urls' }
    expect(problems(missing)).toEqual([expect.stringContaining('FEED_T_URLS_FILE names a file that cannot be read')])
    const empty = { BOOTSTRAP_SERVERS: undefined, BOOTSTRAP_SERVERS_FILE: files.write('empty', '\n') }
    expect(problems(empty)).toEqual([expect.stringContaining('BOOTSTRAP_SERVERS_FILE names an empty file')])
  })

  it('is named when its content is wrong, and the content is not shown', () => {
    expect(problems({ METRICS_PORT_FILE: files.write('port', 's3cret') })).toEqual([
      'The file of METRICS_PORT_FILE must be a whole number from 0 to 65535.',
    ])
  })
})
