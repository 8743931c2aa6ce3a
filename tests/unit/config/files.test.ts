/** Settings from files. */
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { directory, problems, read, warnings } from './environment.ts'

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
      FEED_T_MAX_AGE_FILE: files.write('age', '7s\n'),
      FEED_T_KEY_FILE: files.write('key', ' blanks stay \n'),
    })
    expect(config).toMatchObject({
      kafka: { brokers: ['a:1'] },
      metricsPort: 9001,
      feeds: [{ maxAgeMs: 7_000, key: ' blanks stay ' }],
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

describe('a file that cannot hold a setting', () => {
  const told = (path: string): readonly string[] => problems({ FEED_T_URLS: undefined, FEED_T_URLS_FILE: path })

  it('is refused at once, whatever it is', () => {
    const pipe = files.write('pipe', '')
    rmSync(pipe)
    execFileSync('mkfifo', [pipe])
    const startedAt = performance.now()
    expect(told(pipe)).toEqual([
      'FEED_T_URLS_FILE names a pipe or a device, not a regular file; name a file with the value.',
    ])
    for (const device of ['/dev/zero', '/dev/null', '/dev/tty'].filter(existsSync)) {
      expect(told(device)).toEqual([expect.stringMatching(/names a (pipe or a device|file that cannot be read)/)])
    }
    expect(told(dirname(pipe))).toEqual(['FEED_T_URLS_FILE names a directory, not a file; name a file with the value.'])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is refused when it is huge, also where it says that it is small', () => {
    const huge = files.write('huge', '')
    truncateSync(huge, 17 * 1024 * 1024)
    expect(told(huge)).toEqual([expect.stringContaining('names a file of more than 16 MiB')])
    // Files of /proc have no size.
    if (existsSync('/proc/self/environ')) expect(told('/proc/self/environ')).toEqual([expect.stringContaining('NUL')])
  })

  it('is refused when it is no text', () => {
    expect(told(files.write('nul', 'ws://a\0'))).toEqual([expect.stringContaining('names a file with a NUL character')])
    const latin = files.write('latin', '')
    writeFileSync(latin, Buffer.from('ws://h/\xe9', 'latin1'))
    expect(told(latin)).toEqual([expect.stringContaining('names a file that is not UTF-8 text')])
  })
})

describe('a value in quotes', () => {
  it.each([
    ['FEED_T_URLS', '"wss://a"'],
    ['FEED_T_SCHEMA', "'Ticker'"],
    ['BOOTSTRAP_SERVERS', '"kafka:1"'],
    ['METRICS_PORT', '"9000"'],
    ['FEED_T_OPEN_MESSAGES', "'[]'"],
    ['FEED_T_COMPRESSION', '"true"'],
  ])('that docker left on is pointed out: %s=%s', (name, value) => {
    expect(problems({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} .*; leave the quotes out: docker's --env-file takes them`)),
    ])
  })

  it('is noted where it may be meant, without the value', () => {
    const env = { FEED_T_KEY: '"k3y"' }
    expect(read(env).feeds[0]?.key).toEqual('"k3y"')
    expect(read(env).warnings).toEqual([expect.objectContaining({ setting: 'FEED_T_KEY', isIneffective: false })])
    expect(warnings(env).join()).toMatch(/FEED_T_KEY begins and ends with "/)
    expect(warnings(env).join()).not.toContain('k3y')
  })

  it('gets no hint where quotes are not to blame', () => {
    expect(problems({ METRICS_PORT: '"x"' }).join()).not.toContain('quotes')
    expect(problems({ METRICS_PORT: '"' }).join()).not.toContain('quotes')
    expect(warnings({ FEED_T_URLS: '["ws://a"]' })).toEqual([])
  })
})
