// A dry run: records on standard output for a program to read, everything said to people elsewhere.
import { describe, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
import { schemaText, settled, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { registerSchema, uniqueName } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

describe('KAFKA_CLIENT=stdout', () => {
  it('prints one JSON line per record and nothing else, and needs no Kafka', async () => {
    await using upstream = await startUpstream()
    const topic = uniqueName('TradeEvent')
    await registerSchema(`${topic}-value`, schemaText('TradeEvent'))
    await using daemon = startDaemon({
      ...tradeFeed(topic, [upstream.url]),
      KAFKA_CLIENT: 'stdout',
      BOOTSTRAP_SERVERS: undefined,
      RECORD_HEADERS: 'feed',
      LOG_LEVEL: 'debug',
    })
    const socket = await upstream.connection(1)
    const ids = Array.from({ length: 500 }, (_, i) => String(i))
    for (const id of ids) socket.send(id === '250' ? 'no trade' : tradeText(id))
    await settled(daemon, 'finnhub_trade', ids.length)
    expect((await daemon.get('/readyz')).status).toBe(200)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    const lines = daemon.stdout.split('\n').slice(0, -1)
    const records = lines.map((line) => JSON.parse(line))
    for (const record of records) {
      expect(record).toEqual({
        topic,
        partition: 0,
        key: 'FinnhubTrade',
        timestamp: expect.any(Number),
        bytes: Buffer.from(record.value, 'base64').length,
        value: expect.any(String),
        headers: { feed: 'finnhub_trade' },
      })
    }
    const decoded = await decode(records.map(({ value }) => ({ value: Buffer.from(value, 'base64') })))
    expect(decoded.map(({ content }) => content.trade_event_id)).toEqual(ids.filter((id) => id !== '250'))
    expect(daemon.log.at(-1)?.msg).toBe('stopped with code 0')
    expect(daemon.stderr).toContain('refused')
  })
})
