// What an operator reads in the log of upstreams that do not open, and of documents that are refused.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { certify } from '../support/certificates.ts'
import { startDaemon } from '../support/daemon.ts'
import { settled, topicFor } from '../support/daemon-feeds.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

describe('a dial that fails', () => {
  it('names the cure: the scheme, and the credentials under the name of their setting', async () => {
    await using plain = await startUpstream()
    await using refusing = await startUpstream({ verifyClient: (_info, answer) => answer(false, 401) })
    const secure = createServer(certify({ commonName: 'x', names: ['127.0.0.1'] }))
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const { topic } = await topicFor('TradeEvent')
    const urls = [
      plain.url.replace('ws:', 'wss:'),
      `ws://127.0.0.1:${(secure.address() as AddressInfo).port}/`,
      refusing.url,
    ]
    try {
      await using daemon = startDaemon({
        FINNHUB_TRADE_DATA: 'True',
        FINNHUB_DATA_URLS: urls.join(','),
        KAFKA_TOPIC_FINNHUB_TRADE: topic,
      })
      const line = async (url = '') => (await daemon.said(`${url} does not open`)).msg
      expect(await line(urls[0])).toMatch(
        /the upstream does not speak TLS on this port; write ws:\/\/ instead of wss:\/\/ in FINNHUB_DATA_URLS.*; next dial in/,
      )
      expect(await line(urls[1])).toMatch(/if it wants TLS, write wss:\/\/ instead of ws:\/\/ in FINNHUB_DATA_URLS/)
      expect(await line(urls[2])).toMatch(
        /status 401; the upstream wants other credentials: check the token in FINNHUB_DATA_URLS or in FEED_FINNHUB_TRADE_HEADERS; next dial in/,
      )
      expect((await daemon.metrics()).value('tributary_gaps_open', { feed: 'finnhub_trade' })).toBe(0)
      await daemon.stop()
      expect(daemon.log.filter(({ msg }) => msg.includes('in a gap'))).toEqual([])
    } finally {
      await new Promise((resolve) => secure.close(resolve))
    }
  })
})

describe('a feed whose documents are all refused', () => {
  it('makes one line, and a summary that says so', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using daemon = startDaemon({ FEED_A_URLS: upstream.url, FEED_A_SCHEMA: topic })
    await daemon.said(/^feed a: sources 1, topic .*, no key, not normalised; lane in memory/)
    const socket = await upstream.connection(1)
    for (let i = 0; i < 500; i++) socket.send('{"no":"trade"}')
    await settled(daemon, 'a', 500)
    await daemon.stop()
    const lines = daemon.log
      .map(({ msg }) => msg)
      .filter((msg) => msg.includes('refused:') || msg.includes('were refused'))
    expect(lines).toEqual([
      expect.stringMatching(/^a document was refused: start_timestamp/),
      expect.stringMatching(
        /^feed a: 500 of 500 documents of the last \d+ s were refused \(100 %\): missing_field 500; the last: start_timestamp/,
      ),
    ])
    await until(() => daemon.log.at(-1)?.ledger !== undefined, { what: 'the sums to be the last line' })
  })
})
