/** A message of the log is a text with places for values. */
import { describe, expect, it } from '@jest/globals'
import { logMessage } from '../../../app/telemetry/log-message.ts'

const message = logMessage('info', 'feed {feed}[ after {dials} dials][; {cure}]: {detail}', { cause: 'A test.' })

describe('a message', () => {
  it('has its values in its text, and fields beside it', () => {
    expect(message.line({ feed: 'f', dials: 2, cure: 'wait', detail: 'd' }, { feed: 'f' })).toEqual([
      'info',
      'feed f after 2 dials; wait: d',
      { feed: 'f' },
    ])
  })

  it('leaves out a part without its value', () => {
    expect(message.line({ feed: 'f', dials: undefined, cure: undefined, detail: 'd' })[1]).toBe('feed f: d')
    expect(message.line({ feed: 'f', dials: 0, cure: '', detail: 'd' })[1]).toBe('feed f after 0 dials; : d')
  })

  it('takes nothing in a value for a place', () => {
    const detail = "{feed} [ {cure} ] $& $1 $'"
    expect(message.line({ feed: 'f', dials: undefined, cure: detail, detail })[1]).toBe(`feed f; ${detail}: ${detail}`)
  })
})
