/** `tributary check` listens: streams that open and cannot work, and what of them fits. */
import { describe, expect, it } from '@jest/globals'
import type { WebSocket } from 'ws'
import { about, runCheck, runJsonCheck } from '../support/check.ts'
import { startDaemon } from '../support/daemon.ts'
import { topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { topicSize } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const WAIT = ['--wait', '2s']

/** Checks a feed of trades whose upstream does what `onSocket` says. */
async function checked(onSocket: (socket: WebSocket) => void, env: Record<string, string> = {}) {
  await using upstream = await startUpstream({ onSocket })
  const { topic } = await topicFor('TradeEvent')
  const result = await runCheck({ ...tradeFeed(topic, [upstream.url]), ...env }, WAIT)
  return { ...result, ...about(result, upstream.url), topic, received: upstream.received, closed: upstream.closed }
}

const send =
  (...texts: (string | Buffer)[]) =>
  (socket: WebSocket): void => {
    for (const text of texts) socket.send(text)
  }
const trades = (count: number): string[] => Array.from({ length: count }, (_, at) => tradeText(`secret-${at}`))

describe('tributary check', () => {
  it('says that all that came fits, having asked for it, and writes nothing', async () => {
    const { code, line, topic, received, closed, stdout } = await checked(
      (socket) => socket.on('message', () => send(...trades(3))(socket)),
      { FEED_FINNHUB_TRADE_OPEN_MESSAGES: '["subscribe"]' },
    )
    expect(line).toMatch(/^ {2}ok .* opens in \d+ ms, 3 messages, all 3 documents fit$/)
    expect(code).toBe(0)
    expect(received.map(({ text }) => text)).toEqual(['subscribe'])
    expect(closed).toEqual([{ code: 1001, reason: '' }])
    expect(await topicSize(topic)).toBe(0)
    expect(stdout).not.toContain('secret')
  })

  it('says which share fits, and why the rest does not, without content', async () => {
    const { code, line, cure, stdout } = await checked(send(tradeText('a'), ...Array(5).fill('{"secret":1}')))
    expect(line).toMatch(/^ {2}wrong .*6 messages, 1 of 6 documents fit \(16 %\); not 5 missing_field: \w+: missing/)
    expect(cure).toMatch(/→ compare what the upstream sends with the schema TradeEvent-\S+-value/)
    expect(stdout).not.toContain('secret')
    expect(code).toBe(78)
  })

  it('only notes a minority that does not fit', async () => {
    const { code, line } = await checked(send(...trades(3), '{"heartbeat":1}'))
    expect(line).toMatch(/^ {2}note .*3 of 4 documents fit \(75 %\); not 1 missing_field/)
    expect(code).toBe(0)
  })

  it('tells binary frames that are no JSON', async () => {
    const { code, line, cure } = await checked(
      send(Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from([0x82, 0xa1, 0x61, 1])),
    )
    expect(line).toMatch(/^ {2}wrong .*2 messages, 0 of 2 documents fit \(0 %\); not 2 not_utf8/)
    expect(cure).toContain('documents are read from JSON')
    expect(code).toBe(78)
  })

  it('notices a stream that is closed with 1008 after a second', async () => {
    const { code, line, cure } = await checked((socket) => setTimeout(() => socket.close(1008, 'invalid token'), 1_000))
    expect(line).toMatch(
      /^ {2}wrong .*opens in \d+ ms, no message, then closed with 1008: invalid token after \d\.\d s$/,
    )
    expect(cure).toMatch(/→ the upstream does not want this client: check the token in FINNHUB_DATA_URLS/)
    expect(code).toBe(69)
  })

  it('notes a stream that says nothing', async () => {
    const { code, line, cure } = await checked(() => {})
    expect(line).toMatch(/^ {2}note .*opens in \d+ ms, no message within 2 s$/)
    expect(cure).toContain('→ set FEED_FINNHUB_TRADE_OPEN_MESSAGES if this upstream wants a subscription')
    expect(code).toBe(0)
  })

  it('says that messages are larger than they may be', async () => {
    const { code, line, cure } = await checked(send('x'.repeat(2_000)), { FEED_FINNHUB_TRADE_MAX_MESSAGE_BYTES: '1kB' })
    expect(line).toMatch(/^ {2}wrong .*then .*/)
    expect(cure).toContain('→ raise FEED_FINNHUB_TRADE_MAX_MESSAGE_BYTES')
    expect(code).toBe(78)
  })

  it('reads no further than it must where an upstream floods it', async () => {
    const flood = (socket: WebSocket): void => {
      const more = (): void => {
        if (socket.readyState === socket.OPEN) socket.send(tradeText('x'), () => setImmediate(more))
      }
      for (let at = 0; at < 50; at++) more()
    }
    const { code, line } = await checked(flood)
    expect(line).toMatch(/^ {2}ok .* \d{3,} messages, all 200 documents fit$/)
    expect(code).toBe(0)
  })

  it('ends at a signal', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using check = startDaemon(tradeFeed(topic, [upstream.url]), ['check', '--wait', '1m'])
    await upstream.connection(1)
    expect(await check.stop('SIGINT')).toEqual({ code: 130, signal: null })
  })

  it('tells the same as JSON', async () => {
    await using upstream = await startUpstream({ onSocket: send('{}') })
    const { topic } = await topicFor('TradeEvent')
    const { code, findings } = await runJsonCheck(tradeFeed(topic, [upstream.url]), WAIT)
    expect(code).toBe(78)
    expect(findings).toContainEqual({
      level: 'wrong',
      group: 'feed finnhub_trade',
      about: upstream.url,
      setting: 'KAFKA_TOPIC_FINNHUB_TRADE',
      problem: expect.stringContaining('0 of 1 documents fit'),
      cure: expect.stringContaining('compare'),
      detail: expect.stringContaining('0 of 1 documents fit'),
    })
    expect(findings).toContainEqual(expect.objectContaining({ level: 'ok', about: topic, problem: null, cure: null }))
  })
})
