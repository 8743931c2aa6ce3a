/** URLs and headers in files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { headersReader, openMessagesReader, urlReader } from '../../../app/dial/reread.ts'

let folder: string
let learned: string[] = []
const file = () => ({
  path: join(folder, 'setting'),
  variable: 'FEED_F_SETTING_FILE',
  learn: (text: string) => void learned.push(text),
})
const write = (text: string): Promise<void> => writeFile(file().path, text)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reread-'))
  learned = []
})
afterEach(() => rm(folder, { recursive: true }))

describe('urlReader', () => {
  it('answers the configured URL when there is no file', async () => {
    expect(await urlReader(['ws://old/', 'ws://a/'])(1)).toBe('ws://a/')
  })

  it('reads its item of the list anew each time', async () => {
    const url = urlReader(['ws://older/', 'ws://old/'], file())
    await write('ws://a/?t=1, ws://b/?t=1\n')
    expect(await url(1)).toBe('ws://b/?t=1')
    await write('\uFEFF["ws://a/?t=2", "ws://b/?t=2,3"]')
    expect(await url(1)).toBe('ws://b/?t=2,3')
    expect(learned).toEqual(['ws://a/?t=1, ws://b/?t=1\n', '["ws://a/?t=2", "ws://b/?t=2,3"]'])
  })

  it.each([
    ['ws://only-one/secret', 'holds 1 URLs'],
    ['ws://a/, http://secret', 'does not hold a ws:// or wss:// URL'],
    ['ws://a/, ws://b/#secret', 'does not hold a ws:// or wss:// URL'],
    ['ws://a/, secret', 'does not hold a ws:// or wss:// URL'],
    ['["secret', 'does not hold a list'],
  ])('names the variable and the fault of %j, but not the content', async (text, fault) => {
    await write(text)
    const reading = urlReader(['ws://x/', 'ws://old/'], file())(1)
    await expect(reading).rejects.toMatchObject({ name: 'SourceLost', reason: 'configuration' })
    await expect(reading).rejects.toThrow('FEED_F_SETTING_FILE')
    await expect(reading).rejects.toThrow(fault)
    await expect(reading).rejects.not.toThrow('secret')
  })

  it('names the variable of a missing file', async () => {
    const reading = urlReader(['ws://old/'], file())(0)
    await expect(reading).rejects.toMatchObject({ reason: 'configuration' })
    await expect(reading).rejects.toThrow(/FEED_F_SETTING_FILE .*ENOENT/)
  })
})

describe('headersReader', () => {
  it('answers the configured headers when there is no file', async () => {
    expect(await headersReader({ A: '1' })()).toEqual({ A: '1' })
  })

  it('reads them anew each time, the file winning whatever the case of the names', async () => {
    const read = headersReader({ Authorization: 'old', 'X-Other': 'kept' }, file())
    await write('{"authorization":"Bearer 1","X-Number":7}')
    expect(await read()).toEqual({ authorization: 'Bearer 1', 'X-Other': 'kept', 'X-Number': '7' })
    await write('{"X-Number":12345678901234567890}')
    expect(await read()).toMatchObject({ 'X-Number': '12345678901234567890' })
    await write('{"authorization":"Bearer 2"}')
    expect(await read()).toEqual({ authorization: 'Bearer 2', 'X-Other': 'kept' })
  })

  it.each(['', '5', '{"secret', '["secret"]', '"secret"', 'null', '{"A":{"b":"secret"}}'])(
    'refuses %j without showing it',
    async (text) => {
      await write(text)
      const reading = headersReader({}, file())()
      await expect(reading).rejects.toMatchObject({ reason: 'configuration' })
      await expect(reading).rejects.toThrow('FEED_F_SETTING_FILE')
      await expect(reading).rejects.not.toThrow('secret')
    },
  )
})

describe('openMessagesReader', () => {
  it('answers the configured messages when there is no file', async () => {
    expect(await openMessagesReader(['a'])()).toEqual(['a'])
  })

  it('reads them anew each time', async () => {
    const read = openMessagesReader(['old'], file())
    await write('["sub 1"]')
    expect(await read()).toEqual(['sub 1'])
    await write('\uFEFF["sub 2",{"id":12345678901234567890}]')
    expect(await read()).toEqual(['sub 2', '{"id":12345678901234567890}'])
  })

  it('refuses what cannot be sent', async () => {
    await write('["\\ud800"]')
    await expect(openMessagesReader([], file())()).rejects.toThrow('does not hold messages of whole characters')
  })

  it.each(['', 'secret', '{"a":"secret"}', '"secret"', '5'])('refuses %j without showing it', async (text) => {
    await write(text)
    const reading = openMessagesReader([], file())()
    await expect(reading).rejects.toMatchObject({ reason: 'configuration' })
    await expect(reading).rejects.toThrow('FEED_F_SETTING_FILE does not hold a JSON array')
    await expect(reading).rejects.not.toThrow('secret')
  })
})
