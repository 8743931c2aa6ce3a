/** What a new configuration changes. */
import { describe, expect, it } from '@jest/globals'
import { difference } from '../../../app/feeds/difference.ts'
import type { FeedConfig } from '../../../app/kinds.ts'
import { readFeed } from '../config/environment.ts'

const feed: FeedConfig = readFeed()
const changed = (over: Partial<FeedConfig>, before: FeedConfig = feed) => {
  const { added, removed, restarted, adjusted } = difference(new Map([['t', before]]), [{ ...before, ...over }])
  return [added.length, removed.length, restarted.length, adjusted.length]
}

describe('a feed', () => {
  it('that is the same is left alone', () => {
    expect(difference(new Map([['t', feed]]), [readFeed()])).toEqual({
      added: [],
      removed: [],
      restarted: [],
      adjusted: [],
    })
  })

  it('comes and goes', () => {
    const other = { ...feed, name: 'other' }
    const { added, removed } = difference(new Map([['t', feed]]), [other])
    expect([added, removed]).toEqual([[other], ['t']])
  })

  it.each<[string, Partial<FeedConfig>]>([
    ['URLs', { urls: ['ws://another/'] }],
    ['the size of its lane', { laneMaxBytes: 1 }],
    ['what a full lane does', { overload: 'drop-oldest' }],
  ])('goes on when %s change', (_what, over) => {
    expect(changed(over)).toEqual([0, 0, 0, 1])
  })

  it.each<[string, Partial<FeedConfig>]>([
    ['topic', { schema: 'Another' }],
    ['key', { key: 'k' }],
    ['normalisers', { normalise: ['delivery'] }],
    ['headers', { headers: { a: 'b' } }],
    ['open messages', { openMessages: ['subscribe'] }],
    ['silence limit', { silenceTimeoutMs: 1 }],
    ['file of URLs', { urlsFile: '/urls' }],
  ])('starts again with another %s', (_what, over) => {
    expect(changed(over)).toEqual([0, 0, 1, 0])
  })

  it('is not restarted by the content of files that are read at each dial', () => {
    const before = { ...feed, headersFile: '/h', openMessagesFile: '/o', urlsFile: '/u' }
    const over = { headers: { a: 'b' }, openMessages: ['subscribe'], urls: ['ws://another/'] }
    expect(changed(over, before)).toEqual([0, 0, 0, 1])
  })
})
