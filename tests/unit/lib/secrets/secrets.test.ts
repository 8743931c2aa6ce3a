/** What is configured as a secret is hidden in every text, in whatever form it comes back; what is not, is not. */
import { describe, expect, it } from '@jest/globals'
import { Secrets } from '../../../../app/lib/secrets/index.ts'

/** Secrets of feed f with `text` as a setting of it. */
function knowing(text: string, names: readonly string[] = []): Secrets {
  const secrets = new Secrets('auto')
  secrets.learn('f', 'SETTING', text)
  for (const name of names) secrets.show(name)
  return secrets
}
const hidden = (setting: string, said: string, names: readonly string[] = []): string =>
  knowing(setting, names).hide(said, 'f')

const URL_WITH_ALL = 'wss://us%40er:pa%2Fss@host.example:8443/v3/9f86d081884c7d659a2f?token=abc%2Bdef==&x=1&bare-token'
const PASSWORD = 'Tr0ub4dor&3/+ "x"'

describe('a secret', () => {
  it.each([
    ['user info', URL_WITH_ALL, 'no us%40er, us@er, pa%2Fss, pa/ss.', 'no ***, ***, ***, ***.'],
    ['query values', URL_WITH_ALL, 'bad token abc%2Bdef== (abc+def==), bare-token', 'bad token *** (***), ***'],
    ['tokens in the path', URL_WITH_ALL, 'no key 9f86d081884c7d659a2f', 'no key ***'],
    ['strings of a list', '[{"op":"auth","key":"s3cret"},"plain-text-key"]', 's3cret? plain-text-key!', '***? ***!'],
    ['strings at any depth', '[{"a":{"b":[{"c":"hunter2"}]}}]', 'hunter2 again', '*** again'],
    ['JSON in strings of JSON', '["{\\"api_key\\":\\"k-12345678\\"}"]', 'who is k-12345678', 'who is ***'],
    ['long numbers', '[{"account":12345678901234567890}]', 'account 12345678901234567890', 'account ***'],
    [
      'header values',
      '{"authorization":"Bearer s3cr3t-1","x-key":"key-2"}',
      'Bearer s3cr3t-1: s3cr3t-1, key-2',
      '***: ***, ***',
    ],
    ['cookies', '{"cookie":"sid=abcdef99; theme=dark-blue"}', 'sid abcdef99', 'sid ***'],
    ['Basic credentials', '{"a":"Basic dXNlcjpodW50ZXIyMg=="}', 'hunter22 of dXNlcjpodW50ZXIyMg==', '*** of ***'],
    ['user and password', 'alice99:open sesame', 'alice99 said open sesame', '*** said ***'],
    ['lines', 'CONNECT\nlogin:alice-1\npasscode:hunter2-x\n', 'wrong passcode hunter2-x', 'wrong passcode ***'],
  ])('is hidden: %s', (_, setting, said, shown) => {
    expect(hidden(setting, said)).toBe(shown)
  })

  it.each([
    ['as it is', PASSWORD],
    ['percent-encoded', encodeURIComponent(PASSWORD)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(PASSWORD))],
    ['form-encoded', String(new URLSearchParams([['p', PASSWORD]])).slice(2)],
    ['in lower-case percent-encoding', encodeURIComponent(PASSWORD).toLowerCase().replace('tr0', 'Tr0')],
    ['in base64', Buffer.from(PASSWORD).toString('base64')],
    ['in base64url', Buffer.from(PASSWORD).toString('base64url')],
    ['in base64 behind one byte', Buffer.from(`a${PASSWORD}`).toString('base64')],
    ['in base64 behind a user name', Buffer.from(`alice:${PASSWORD}`).toString('base64')],
    [
      'in base64 in a JSON string',
      Buffer.from(JSON.stringify({ user: 'a', password: PASSWORD.slice(0, 12) })).toString('base64'),
    ],
    ['in hexadecimal digits', Buffer.from(PASSWORD).toString('hex')],
    ['glued to other text', `x${PASSWORD}y`],
  ])('is hidden %s', (_, form) => {
    const said = hidden(JSON.stringify([PASSWORD, PASSWORD.slice(0, 12)]), `they said: ${form}, twice: ${form}.`)
    expect(said).toMatch(/^they said: \S*\*\*\*\S*, twice: \S*\*\*\*\S*$/)
    expect(said.length).toBeLessThan(40)
  })

  it('is hidden with the escapes of JSON', () => {
    const key = 'k"ey\\wi/th-é'
    expect(hidden(JSON.stringify([key]), `no such key ${JSON.stringify(key)}`)).toMatch(/^no such key "?\*\*\*"?$/)
    expect(hidden(JSON.stringify([key]), 'no k\\"ey\\\\wi\\/th-\\u00e9')).toBe('no ***')
  })

  const WITH_BLANKS = 'a "quoted" word\\and\ttab é/<x>'
  it.each([
    ['in JSON', JSON.stringify(WITH_BLANKS).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(WITH_BLANKS)).slice(3, -3)],
    ['in numbers of JSON', [...WITH_BLANKS].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
    ['in JSON, percent-encoded', encodeURIComponent(JSON.stringify(WITH_BLANKS).slice(1, -1))],
    ['as a form', new URLSearchParams([['', WITH_BLANKS]]).toString().slice(1)],
    ['in JSON with slashes escaped', JSON.stringify(WITH_BLANKS).slice(1, -1).replaceAll('/', '\\/')],
    ['in HTML', WITH_BLANKS.replace(/["</>é]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`)],
    ['in named entities', WITH_BLANKS.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['in base64 in JSON', JSON.stringify(Buffer.from(`${WITH_BLANKS}?>`).toString('base64')).replaceAll('/', '\\/')],
    ['in capitals', WITH_BLANKS.toUpperCase()],
    ['in small letters', WITH_BLANKS.toLowerCase()],
  ])('with blanks and quotes is hidden, and no more than it: %s', (_, form) => {
    expect(hidden(JSON.stringify([WITH_BLANKS]), `they said <${form}> to us`)).toMatch(
      /^they said <"?\*\*\*=*"?> to us$/,
    )
  })

  it('is hidden in whatever case, when it is a UUID or of hexadecimal digits', () => {
    const url = 'wss://host.example/v3/9F86D081884C7D659A2F/ws'
    expect(hidden(url, 'no key 9f86d081884c7d659a2f, 9F86D081884C7D659A2F')).toBe('no key ***, ***')
  })

  it('is hidden where half of it stands, and that is not short', () => {
    const said = 'no abcdefghijklmnopq***, no abcdefghijklmnoXY, no ABCDEFGHIJKLMNOPQRSTUXY'
    expect(hidden('abcdefghijklmnopqrstuvwxyz', said)).toBe('no ******, no abcdefghijklmnoXY, no ***XY')
    expect(hidden('abcdefghijklmnopqrstuvwxyz0123456789', 'no abcdefghijklmnopXY')).toBe('no abcdefghijklmnopXY')
  })

  it('is hidden where the end of a text, or of a text that was cut, cuts it off', () => {
    expect(hidden('abcdefghijklmnop', 'token abcdefghijk')).toBe('token ***')
    expect(hidden('abcdefghijklmnop', 'token abcdefghijk…')).toBe('token ***…')
    expect(hidden('abcdefghijklmnop', 'token abcdefghijk...')).toBe('token ***...')
    expect(hidden('abcdefghijklmnop', 'token abcdefg')).toBe('token abcdefg')
  })

  it('is hidden whole where one is a part of another, or overlaps it', () => {
    expect(hidden('["secret99","secret99ary"]', 'secret99ary secret99')).toBe('*** ***')
    expect(hidden('["abcdefgh1","gh1ijklmnop"]', 'abcdefgh1ijklmnop')).toBe('***')
  })

  it('of fewer than eight characters counts as a whole word only, of fewer than four not at all', () => {
    expect(hidden('["AAPL","xyz"]', 'AAPL SAAPL AAPLE AAPL_1 (AAPL) xyz')).toBe('*** SAAPL AAPLE AAPL_1 (***) xyz')
    expect(hidden('["AAPL"]', 'unknown symbol AAPL')).toBe('unknown symbol ***')
  })

  it('is nothing that protocols share, no short number, and no name in JSON', () => {
    const setting = '[{"type":"subscribe","channel":"ticker","id":"1008","on":true,"instrument_key":"s3cret"},"ping"]'
    const said = 'closed with 1008: ping without subscribe to ticker channel, no instrument_key'
    expect(hidden(setting, said)).toBe(said)
  })

  it.each([
    ['a whole value', 'secret'],
    ['a password', 'user:secret'],
    ['the password of a URL', 'wss://user:secret@host/'],
    ['the value of a field that says so', '[{"api_key":"secret"}]'],
    ['the value of a header that says so', '{"Authorization":"Bearer secret"}'],
  ])('is even a word that protocols share where nothing else stands: %s', (_, setting) => {
    expect(hidden(setting, 'no such secret')).toBe('no such ***')
  })

  it('is not what was configured as a name, nor a host', () => {
    const setting = '["TradeEvent","Quux","wss://trades.example.org/?token=abcdefgh"]'
    const said = 'topic TradeEvent of trades.example.org: no Quux, no TradeEvents, abcdefgh'
    expect(hidden(setting, said, ['TradeEvent'])).toBe('topic TradeEvent of trades.example.org: no ***, no ***s, ***')
  })

  it('does not hide behind a name that it only overlaps', () => {
    expect(hidden('["abc-defghij"]', 'abc-defghij', ['abc'])).toBe('***')
  })

  it('stays hidden for one value after it was replaced', () => {
    const secrets = knowing('first-value')
    const said = 'first-value, second-value, third-value'
    secrets.learn('f', 'SETTING', 'second-value')
    expect(secrets.hide(said, 'f')).toBe('***, ***, third-value')
    secrets.learn('f', 'SETTING', 'second-value')
    secrets.learn('f', 'SETTING', 'third-value')
    expect(secrets.hide(said, 'f')).toBe('first-value, ***, ***')
  })

  it('of a feed is hidden in texts of that feed, one that all share everywhere', () => {
    const secrets = knowing('secret-of-f')
    secrets.learn('g', 'SETTING', 'secret-of-g')
    secrets.learn(undefined, 'SETTING', 'secret-of-all')
    const said = 'secret-of-f secret-of-g secret-of-all'
    expect(secrets.hide(said, 'f')).toBe('*** secret-of-g ***')
    expect(secrets.hide(said)).toBe('secret-of-f secret-of-g ***')
    expect(secrets.hideAll(said)).toBe('*** *** ***')
  })
})

describe('a newer configuration', () => {
  it('is learned: its secrets are hidden, and so are the last ones', () => {
    const secrets = knowing('ws://h/?token=first-token')
    const newer = knowing('ws://h/?token=second-token', ['a-name'])
    newer.learn(undefined, 'SHARED', 'shared-secret')
    newer.learn('g', 'SETTING', 'secret-of-g')
    secrets.adopt(newer)
    const said = 'first-token second-token shared-secret secret-of-g a-name'
    expect(secrets.hide(said, 'f')).toBe('*** *** *** secret-of-g a-name')
    expect(secrets.hideAll(said)).toBe('*** *** *** *** a-name')
  })

  it('without a feed leaves nothing of it', () => {
    const secrets = knowing('secret-of-f')
    secrets.forget('f')
    expect(secrets.hide('secret-of-f', 'f')).toBe('secret-of-f')
  })
})

describe('hiding', () => {
  it('takes time with the length of the text, not with the number of secrets', () => {
    const urls = Array.from({ length: 10_000 }, (_, i) => `wss://h${i % 100}.example/ws?token=${i}-abcdefgh-${i}`)
    const secrets = knowing(urls.join(','))
    secrets.hide('once', 'f')
    const startedAt = performance.now()
    for (let i = 0; i < 200; i++)
      secrets.hide(`${i}: closed with 1008: no such token ${i}-abcdefgh-${i}, ${'x'.repeat(60)}`, 'f')
    expect((performance.now() - startedAt) / 200).toBeLessThan(2)
    expect(secrets.hide('token 77-abcdefgh-77', 'f')).toBe('token ***')
  })

  it('takes time with the length of the text and no faster, whatever an upstream writes', () => {
    const secrets = knowing('["abcdefgh-1","s3cret"]')
    // Of this thread alone, and the best of three: others use the machine, too.
    const cost = (length: number): number => {
      const hostile = ['a', '%', '\\', 'abcdefg', '%41', 'A'].map((part) => part.repeat(length / part.length))
      const once = (): number => {
        const before = process.cpuUsage()
        for (const text of hostile) expect(secrets.hideAll(text)).toHaveLength(text.length)
        return process.cpuUsage(before).user
      }
      return Math.min(once(), once(), once())
    }
    // Ten times as much would take a hundred times as long if each place were looked at from each other.
    expect(cost(40_000) / cost(4_000)).toBeLessThan(40)
  })

  it('remembers what it made of texts that repeat, and not more and more of them', () => {
    const secrets = knowing('abcdefgh')
    for (let i = 0; i < 5_000; i++) expect(secrets.hide(`${i} abcdefgh`, 'f')).toBe(`${i} ***`)
    secrets.learn('f', 'OTHER', '4999 abcdefgh')
    expect(secrets.hide('4999 abcdefgh', 'f')).toBe('***')
  })
})
