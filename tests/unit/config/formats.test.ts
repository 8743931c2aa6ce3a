/** Every way to write a value, and what is refused. */
import { describe, expect, it } from '@jest/globals'
import { ConfigError } from '../../../app/errors.ts'
import type { Format } from '../../../app/settings/format.ts'
import { brokers, host, httpUrl, webSocketUrls } from '../../../app/settings/formats/addresses.ts'
import { choice, choices, decimal, flag, integer } from '../../../app/settings/formats/basic.ts'
import { headers, openMessages } from '../../../app/settings/formats/json.ts'
import { duration, size } from '../../../app/settings/formats/measures.ts'
import { patterns } from '../../../app/settings/formats/patterns.ts'

/** Text → value, or a part of the problem. */
type Row = readonly [text: string, expected: unknown]
const refused = (part: string) => ({ refused: part })

function table(name: string, format: Format<unknown>, rows: readonly Row[]): void {
  describe(name, () => {
    it.each(rows.map(([text, expected]) => ({ text, expected })))('reads $text', ({ text, expected }) => {
      const part = (expected as { refused?: string } | undefined)?.refused
      if (part === undefined) expect(format.parse(text)).toEqual(expected)
      else expect(problemOf(format, text)).toContain(part)
    })
  })
}

function problemOf(format: Format<unknown>, text: string): string {
  try {
    return `no problem, but ${JSON.stringify(format.parse(text))}`
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n')
    throw error
  }
}

const spellings = (value: boolean, ...words: string[]): Row[] => words.map((word) => [word, value])
table('a boolean', flag, [
  ...spellings(true, '1', 't', 'T', 'true', 'True', 'TRUE', 'yes', 'Y', 'on', ' true '),
  ...spellings(false, '0', 'f', 'F', 'false', 'False', 'FALSE', 'no', 'N', 'off', 'Off'),
  ['maybe', refused('must be true or false')],
  ['2', refused('must be true or false')],
])

table('a duration', duration(), [
  ['500ms', 500],
  ['30s', 30_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  ['1.5s', 1500],
  [' 30 S ', 30_000],
  ['30', 30_000],
  ['1e9x', refused('must be a duration')],
  ['-1s', refused('must be a duration')],
  ['1w', refused('must be a duration')],
  ['off', refused('must be a duration')],
  ['0', refused('must be between 1ms')],
  ['0.1ms', refused('must be between 1ms')],
  // Beyond 2^31 - 1 ms a timer of Node fires at once.
  ['24d', 24 * 86_400_000],
  ['25d', refused('2147483647ms')],
])

table('a duration that can be off', duration({ zero: true }), [
  ['off', 0],
  ['none', 0],
  ['0', 0],
  ['0s', 0],
  ['1ms', 1],
  ['0.1ms', refused('must be between')],
  ['1', 1000],
  ['30', 30_000],
  ['2.5', 2500],
  ['30s', 30_000],
  ['500ms', 500],
  ['None', 0],
])

table('a duration that wants its unit', duration({ zero: true, bare: false }), [
  ['2ms', 2],
  ['0', 0],
  ['5', refused('with its unit')],
])

table('a size', size(1, 2 ** 40), [
  ['1', 1],
  ['1000B', 1000],
  ['64KiB', 65_536],
  ['1MiB', 1_048_576],
  ['10MB', 10_000_000],
  ['10mb', 10_000_000],
  ['1.5kB', 1500],
  ['1 GiB', 2 ** 30],
  ['0', refused('must be between 1 and')],
  ['2TiB', refused('must be between 1 and')],
  ['1e9', refused('must be a size')],
  ['1PiB', refused('must be a size')],
  ['', refused('must be a size')],
])

table('a whole number', integer(0, 65_535), [
  ['0', 0],
  [' 9000 ', 9000],
  ['65536', refused('from 0 to 65535')],
  ['1e3', refused('whole number')],
  ['0x10', refused('whole number')],
  ['9000x', refused('whole number')],
  ['-1', refused('whole number')],
  ['1.5', refused('whole number')],
])

table('a number', decimal(0.01, 100), [
  ['0.5', 0.5],
  ['5', 5],
  ['0', refused('from 0.01 to 100')],
  ['1e1', refused('from 0.01 to 100')],
])

table('a choice', choice(['PLAIN', 'SASL_SSL']), [
  ['sasl_ssl', 'SASL_SSL'],
  [' PLAIN ', 'PLAIN'],
  ['SSL', refused('must be one of PLAIN, SASL_SSL')],
  ['toString', refused('must be one of')],
])

table('a list of choices', choices(['feed', 'source']), [
  ['source, feed', ['source', 'feed']],
  ['["feed"]', ['feed']],
  ['off', []],
  [',', []],
  ['feed,sauce', refused('may only list feed, source')],
  ['["feed"', refused('must be a list')],
])

table('brokers', brokers, [
  ['kafka:29092', ['kafka:29092']],
  [' a:1 , ,b:65535,a:1 ', ['a:1', 'b:65535']],
  ['["a:1","b:2"]', ['a:1', 'b:2']],
  ['[::1]:9092,[fe80::1]:1', ['[::1]:9092', '[fe80::1]:1']],
  ['kafka', refused('host:port, such as kafka:29092; item 1')],
  ['a:1,kafka:', refused('item 2')],
  ['a:0', refused('item 1')],
  ['a:65536', refused('item 1')],
  ['PLAINTEXT://a:1', refused('without a protocol')],
  ['[b:1', refused('item 1')],
  ['["b:1"', refused('must be a list of Kafka brokers')],
  [',', refused('must be a list of Kafka brokers')],
])

table('WebSocket URLs', webSocketUrls, [
  ['ws://a:4200/ws', ['ws://a:4200/ws']],
  [' ws://a/ws , wss://b/ws ', ['ws://a/ws', 'wss://b/ws']],
  ['ws://a\nws://b\n', ['ws://a', 'ws://b']],
  ['["wss://a/?x=1,2"]', ['wss://a/?x=1,2']],
  ['wss://user:word@a/?token=t', ['wss://user:word@a/?token=t']],
  ['http://a', refused('item 1 is not one')],
  ['ws://a,b', refused('write the list as a JSON array')],
  ['ws://', refused('item 1')],
  ['ws://a:99999', refused('item 1')],
  ['ws://a/#top', refused('write %23')],
  ['["ws://a",1]', refused('JSON array of strings')],
  [',', refused('must be a list of ws:// or wss:// URLs')],
  [Array.from({ length: 10_001 }, (_, n) => `ws://h${n}`).join(), refused('holds 10001 URLs')],
])

table('an HTTP URL', httpUrl, [
  ['http://r:8081/path', new URL('http://r:8081/path')],
  ['https://r', new URL('https://r')],
  ['r:8081', refused('http:// or https:// URL')],
  ['schema-registry', refused('http:// or https:// URL')],
  ['ftp://r', refused('http:// or https:// URL')],
  ['http://r/?x=1', refused('without ? and #')],
])

table('a host', host, [
  ['0.0.0.0', '0.0.0.0'],
  ['::1', '::1'],
  [' localhost ', 'localhost'],
  ['http://a', refused('must be a host name')],
])

table('messages to send', openMessages, [
  ['["Hello",{"type":"subscribe","symbols":["A"]},1]', ['Hello', '{"type":"subscribe","symbols":["A"]}', '1']],
  ['[]', []],
  ['[ {"id": 12345678901234567890, "at" : 1.50,"s":"a b"} ]', ['{"id":12345678901234567890,"at":1.50,"s":"a b"}']],
  ['["a","b\\ud83d\\ude00",{"a":"\\ud800"}]', ['a', 'b😀', '{"a":"\\ud800"}']],
  [
    '["a","b\\ud800"]',
    refused('has a text with half of a character (a lone surrogate), which cannot be sent (item 2)'),
  ],
  ['Hello', refused('must be a JSON array')],
  ['{"type":"subscribe"}', refused('must be a JSON array')],
])

table('patterns', patterns, [
  ['[{"type":"ping"},"pong",{"a":{"b":[1,null]}}]', [{ type: 'ping' }, 'pong', { a: { b: [1, null] } }]],
  ['[]', []],
  ['[""]', ['']],
  ['[{"n":1.5},{"n":9007199254740991}]', [{ n: 1.5 }, { n: 9007199254740991 }]],
  ['pong', refused('must be a JSON array')],
  ['{"type":"ping"}', refused('must be a JSON array')],
  ['[5]', refused('item 1 is neither')],
  ['["a",[{"b":1}]]', refused('item 2 is neither')],
  ['["a",null]', refused('item 2 is neither')],
  ['[{}]', refused('would match every document (item 1)')],
  ['[{"n":9007199254740993}]', refused('beyond 2^53')],
  ['[{"n":[1e400]}]', refused('beyond 2^53')],
  [`[${'{"a":'.repeat(20)}1${'}'.repeat(20)}]`, refused('16 levels deep')],
  [JSON.stringify(Array.from({ length: 101 }, () => 'a')), refused('may list 100')],
])

table('headers', headers, [
  ['{"Authorization":"Bearer t","X-N":1}', { Authorization: 'Bearer t', 'X-N': '1' }],
  ['{"X-Id":12345678901234567890}', { 'X-Id': '12345678901234567890' }],
  ['{}', {}],
  ['5', refused('must be a JSON object')],
  ['[]', refused('must be a JSON object')],
  ['null', refused('must be a JSON object')],
  ['Authorization: t', refused('must be a JSON object')],
  ['{"A B":"x"}', refused('header name')],
  ['{"A":"x\\r\\nB: y"}', refused('header value')],
  ['{"A":{}}', refused('a string as its value')],
])

describe('every problem of a list', () => {
  it('is told at once', () => {
    expect(problemOf(webSocketUrls, 'ws://a,http://b,c').split('\n')).toHaveLength(2)
    const many = problemOf(webSocketUrls, Array.from({ length: 5_000 }, (_, at) => `http://h${at}`).join())
    expect(many.split('\n')).toHaveLength(11)
    expect(many).toMatch(/has 4990 more items that are wrong$/)
  })
})
