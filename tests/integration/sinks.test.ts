// Several sinks at once in the real daemon: each feed's records go to its own, and a reload changes it.
import { describe, expect, it } from '@jest/globals'
import { settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { startReloading } from '../support/reloading.ts'
import { topicSize } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const linesOf = (stdout: string, topic: string): number => stdout.split(`"topic":"${topic}"`).length - 1

describe('feeds with different sinks', () => {
  it('write each to its own, and start again where a reload gives them another', async () => {
    await using first = await startUpstream()
    await using second = await startUpstream()
    const [{ topic: a }, { topic: b }] = await Promise.all([topicFor('TradeEvent'), topicFor('TradeEvent')])
    const feeds = { FEED_A_URLS: first.url, FEED_A_SCHEMA: a, FEED_B_URLS: second.url, FEED_B_SCHEMA: b }
    await using reloading = await startReloading({ ...feeds, FEED_B_SINK: 'stdout' })
    const { daemon } = reloading
    await Promise.all([first.connection(1), second.connection(1)])
    first.sendAll(tradeText('1'))
    second.sendAll(tradeText('1'))
    await Promise.all([settled(daemon, 'a', 1), settled(daemon, 'b', 1)])
    expect([await topicSize(a), await topicSize(b)]).toEqual([1, 0])
    expect([linesOf(daemon.stdout, a), linesOf(daemon.stdout, b)]).toEqual([0, 1])

    expect(await reloading.reload(feeds)).toMatch(/starting again: b/)
    await second.connection(2)
    second.sendAll(tradeText('2'))
    await settled(daemon, 'b', 2)
    expect(await topicSize(b)).toBe(1)
    expect(linesOf(daemon.stdout, b)).toBe(1)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('do not write where the log goes, unless they did from the start', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const feed = { FEED_A_URLS: upstream.url, FEED_A_SCHEMA: topic }
    await using reloading = await startReloading(feed)
    await upstream.connection(1)
    const refused = await reloading.reload({ ...feed, FEED_A_SINK: 'stdout' })
    expect(refused).toContain('the first feed that writes to standard output cannot')
    expect(await reloading.daemon.stop()).toEqual({ code: 0, signal: null })
  })
})
