/** Time in which sources are paused. */
import { describe, expect, it } from '@jest/globals'
import { Pauses } from '../../../app/gaps/pauses.ts'
import { source } from '../../support/messages.ts'

describe('paused time', () => {
  it('is summed over sources, with what is under way, and an end without a beginning is nothing', () => {
    let now = 0
    const pauses = new Pauses(() => now)
    pauses.addFeed('f')
    const [a, b] = [source('ws://a/'), source('ws://b/')]
    expect(pauses.millis().get('f')).toBe(0)
    pauses.apply({ type: 'source.resumed', source: a })
    pauses.apply({ type: 'source.paused', source: a })
    now = 100
    pauses.apply({ type: 'source.paused', source: b })
    now = 150
    expect(pauses.millis().get('f')).toBe(200)
    pauses.apply({ type: 'source.resumed', source: a })
    now = 200
    expect(pauses.millis().get('f')).toBe(250)
    pauses.apply({ type: 'source.resumed', source: b })
    now = 900
    expect(pauses.millis().get('f')).toBe(250)
  })
})
