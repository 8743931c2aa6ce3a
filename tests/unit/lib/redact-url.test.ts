/** URLs without their secrets. */
import { describe, expect, it } from '@jest/globals'
import { redactUrl } from '../../../app/lib/redact-url.ts'

describe('redactUrl', () => {
  it.each([
    ['ws://host:4200/ws', 'ws://host:4200/ws'],
    ['wss://user:secret@host/ws', 'wss://host/ws'],
    ['wss://host/ws?token=secret&symbol=A', 'wss://host/ws?token=***&symbol=***'],
    ['wss://host?token=sec=ret', 'wss://host/?token=***'],
    ['wss://host/?secret', 'wss://host/?***'],
    ['wss://host/?=secret', 'wss://host/?***'],
    ['wss://host/?', 'wss://host/'],
    ['wss://host/?a=1#secret', 'wss://host/?a=***'],
    ['ws://[::1]:80/ws', 'ws://[::1]/ws'],
    ['http://%', '(not a URL)'],
    ['token=secret', '(not a URL)'],
    ['', '(not a URL)'],
  ])('%s → %s', (url, expected) => {
    expect(redactUrl(url, 'auto')).toBe(expected)
  })
})
