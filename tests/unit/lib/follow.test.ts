/** One signal that many follow. */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { follow } from '../../../app/lib/follow.ts'

describe('follow', () => {
  it('aborts all who follow, for the same reason, and has one listener for them', () => {
    const leader = new AbortController()
    const all = Array.from({ length: 1_000 }, () => follow(leader.signal))
    expect(getEventListeners(leader.signal, 'abort')).toHaveLength(1)
    leader.abort(new Error('enough'))
    expect(all.every(({ signal }) => signal.aborted && signal.reason === leader.signal.reason)).toBe(true)
  })

  it('leaves those alone who have left', () => {
    const leader = new AbortController()
    const [left, stayed] = [follow(leader.signal), follow(leader.signal)]
    left.leave()
    leader.abort()
    expect([left.signal.aborted, stayed.signal.aborted]).toEqual([false, true])
  })

  it('is aborted from the start when the leader is', () => {
    const { signal } = follow(AbortSignal.abort('before'))
    expect([signal.aborted, signal.reason]).toEqual([true, 'before'])
  })
})
