/** Secrets of a dial that come back. */
import { describe, expect, it } from '@jest/globals'
import { byClose, byError } from '../../../app/dial/classify.ts'
import { secretsOf } from '../../../app/dial/secrets.ts'
import { withoutSecrets } from '../../../app/lib/redact-url.ts'

const URL_WITH_ALL = 'wss://us%40er:pa%2Fss@host.example:8443/path/word?token=abc%2Bdef==&x=1&bare-token#fragment'

describe('the secrets of a dial', () => {
  it.each([
    ['user info', 'no us%40er, no us@er, no pa%2Fss, no pa/ss', 'no ***, no ***, no ***, no ***'],
    ['query values', 'bad token abc%2Bdef== (abc+def==), bare-token', 'bad token *** (***), ***'],
    ['header values', 'what is Bearer s3cr3t-1? s3cr3t-1, key-2', 'what is ***? ***, ***'],
  ])('are hidden: %s', (_, said, shown) => {
    const secrets = secretsOf(URL_WITH_ALL, { authorization: 'Bearer s3cr3t-1', 'x-key': 'key-2' })
    expect(withoutSecrets(said, secrets)).toBe(shown)
  })

  it('are hidden whole where one is a part of another', () => {
    const secrets = secretsOf('ws://host/?a=secret&b=secretary', {})
    expect(withoutSecrets('secretary secret', secrets)).toBe('*** ***')
  })

  it('leave what everybody may see, and what is too short to be one', () => {
    const secrets = secretsOf(URL_WITH_ALL, {})
    expect(withoutSecrets('host.example /path/word 1', secrets)).toBe('host.example /path/word 1')
    expect(secretsOf('not a URL', {})).toEqual([])
    expect(secretsOf('ws://host/?bad=%zz%zz', {})).toEqual(['%zz%zz'])
  })

  it('are in no verdict on a connection', () => {
    const secrets = secretsOf('ws://host/?token=s3cr3t', {})
    expect(byClose(4001, Buffer.from('no such token: s3cr3t'), secrets)).toMatchObject({
      message: 'closed with 4001: no such token: ***',
    })
    expect(byClose(1000, Buffer.from('s3cr3t'), secrets)).toMatchObject({ detail: '***' })
    expect(byError(new Error('Unexpected header s3cr3t'), false, secrets)).toMatchObject({
      message: 'Unexpected header ***',
    })
  })
})
