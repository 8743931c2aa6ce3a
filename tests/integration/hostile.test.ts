// What strangers send must end in a record or in a counted reason, and must not touch what comes before, after or beside it.
import type { Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { WebSocket } from 'ws'
import type { RejectReason } from '../../app/errors.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { readTopic } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { frame, startRawUpstream, switching } from '../support/upstream-raw.ts'

const DEEP = 100_000
const good = JSON.parse(tradeText('x'))
const trade = (change: object): string => JSON.stringify({ ...good, tradeData: { ...good.tradeData, ...change } })
const raw = (field: string, value: string): string => trade({ [field]: 'HERE' }).replace('"HERE"', value)
const nested = (open: string, close: string): string => open.repeat(DEEP) + close.repeat(DEEP)

/** A message, and the reason that each of its documents is refused for. */
const HOSTILE: readonly (readonly [what: string, data: string | Buffer, reasons: readonly RejectReason[]])[] = [
  ['nothing', '', ['not_json']],
  ['the greeting of another program', 'Hello', ['not_json']],
  ['half a document', tradeText('x').slice(0, -1), ['not_json']],
  ['two documents', tradeText('x').repeat(2), ['not_json']],
  ['null', 'null', ['not_an_object']],
  ['a number', '-0', ['not_an_object']],
  ['a string', '"data"', ['not_an_object']],
  ['a ping', '{"type":"ping"}', ['missing_field']],
  ['an acknowledgement', '{"id":1,"result":null}', ['missing_field']],
  ['an error of Binance', '{"error":{"code":2,"msg":"Invalid request"},"id":null}', ['missing_field']],
  [
    'a trade of Binance',
    '{"e":"trade","E":1,"s":"BTCUSDT","t":12345,"p":"0.1","q":"1","T":2,"m":true}',
    ['missing_field'],
  ],
  ['a ticker of Coinbase', '{"type":"ticker","product_id":"ETH-USD","price":"3201.5"}', ['missing_field']],
  [
    'a trade of Kraken',
    '[42,[["5541.2","0.1","1534614057.3","s","l",""]],"trade","XBT/USD"]',
    ['not_an_object', 'not_an_object', 'not_an_object', 'not_an_object'],
  ],
  [
    'trades of Finnhub itself',
    '{"data":[{"c":["1"],"p":164.06,"s":"AAPL","t":1680286537580,"v":5}],"type":"trade"}',
    ['missing_field'],
  ],
  ['broken UTF-8', Buffer.from('7b2273796d626f6c223a22c328ff227d', 'hex'), ['not_utf8']],
  ['random bytes', Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919) % 256)), ['not_utf8']],
  ['deep arrays', nested('[', ']'), ['not_an_object']],
  ['deep objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, ['missing_field']],
  ['a deep value where text belongs', tradeText('x').replace('"AAPL"', nested('[', ']')), ['bad_value']],
  ['fields of a prototype', tradeText('x').replace(/^\{/, '{"__proto__":{').replace(/$/, '}'), ['missing_field']],
  ['fields of a constructor', JSON.stringify({ constructor: { prototype: good } }), ['missing_field']],
  ['a number without end', raw('Price', '1e400'), ['bad_number']],
  ['a long of more than 64 bits', raw('Event_Timestamp', '9223372036854775808'), ['bad_number']],
  ['a number that would become 0', raw('Price', '1e-400'), ['bad_number']],
  ['a whole number that a double would round', raw('Price', '9007199254740993'), ['bad_number']],
  ['text that UTF-8 cannot hold', trade({ Symbol: '\ud800' }), ['bad_value']],
  ['a long that is hardly a fraction', raw('Event_Timestamp', '1.00000000000000000001'), ['bad_number']],
  [
    'a number of many digits where a record belongs',
    tradeText('x', { tradeData: 'HERE' }).replace('"HERE"', '12345678901234567890'),
    ['bad_value'],
  ],
  ['a fraction where a whole number belongs', raw('Event_Timestamp', '0.5'), ['bad_number']],
  ['text where a number belongs', trade({ Price: 'cheap' }), ['bad_value']],
  ['a credential that is none', tradeText('x', { tradeCredential: { '@context': 'x' } }), ['bad_value']],
]

/** Resolves to the ids in the records of `topic`, in order, once there are `count`. */
async function idsIn(topic: string, count: number): Promise<unknown[]> {
  const records = await decode(await readTopic(topic, count))
  return records.map(({ content }) => content.trade_event_id)
}

async function lostReason(daemon: Daemon, url: string): Promise<string | undefined> {
  const { sources } = await daemon.feed('finnhub_trade')
  return sources.find((source) => source.url === url)?.last_close?.reason
}

/** Messages of each source, in the order of the configuration. */
async function messagesOf(daemon: Daemon): Promise<number[]> {
  return (await daemon.feed('finnhub_trade')).sources.map(({ messages }) => messages)
}

describe('messages that are no documents of the schema', () => {
  it('are refused and counted one by one, and every good one between them arrives in order', async () => {
    await using upstream = await startUpstream()
    await using neighbour = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using daemon = startDaemon(tradeFeed(topic, [upstream.url, neighbour.url]))
    const socket = await upstream.connection(1)
    const other = await neighbour.connection(1)
    const expected: Record<string, number> = {}
    let sent = 0
    for (const [what, data, reasons] of HOSTILE) {
      socket.send(tradeText(`before ${what}`))
      // As text and as binary: neither may matter.
      for (const binary of [true, false]) socket.send(data, { binary })
      other.send(tradeText(`beside ${what}`))
      for (const reason of reasons) expected[reason] = (expected[reason] ?? 0) + 2
      sent += 4
    }
    socket.send(`[${tradeText('of an array')},1,${tradeText('of an array, too')}]`)
    socket.send(tradeText('with more', { deep: 'HERE', __defineGetter__: 1 }).replace('"HERE"', nested('[', ']')))
    socket.send(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(tradeText('after a mark'))]))
    expected.not_an_object = (expected.not_an_object ?? 0) + 1
    sent += 3

    const ledger = await settled(daemon, 'finnhub_trade', sent)
    expect(ledger.refused).toEqual(expected)
    const { documents } = ledger
    expect(documents.produced).toBe(2 * HOSTILE.length + 4)
    expect(documents.found).toBe(documents.produced + documents.refused)
    const metrics = await daemon.metrics()
    for (const [reason, count] of Object.entries(expected)) {
      const labels = { feed: 'finnhub_trade', outcome: 'refused', reason }
      expect([reason, metrics.value('tributary_documents_total', labels)]).toEqual([reason, count])
    }
    const ids = await idsIn(topic, documents.produced)
    expect(ids.filter((id) => !String(id).startsWith('beside'))).toEqual([
      ...HOSTILE.map(([what]) => `before ${what}`),
      'of an array',
      'of an array, too',
      'with more',
      'after a mark',
    ])
    expect(ids.filter((id) => String(id).startsWith('beside'))).toEqual(HOSTILE.map(([what]) => `beside ${what}`))
    expect(upstream.closed).toEqual([])
    // A bounded number of lines, and none of them holds what was sent.
    const lines = daemon.log.filter(({ msg }) => msg.includes('refused'))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThanOrEqual(10 * Object.keys(expected).length)
    expect(daemon.stdout).not.toMatch(/BTCUSDT|XBT|Invalid request|164\.06/)
    expect((await daemon.stop()).code).toBe(0)
  })
})

describe('frames that are an attack', () => {
  const HEAD = Buffer.from([0x82, 127])
  const announced = Buffer.concat([HEAD, Buffer.from([0, 0, 0, 0, 0x40, 0, 0, 0])])
  const text = (id: string): Buffer => frame(0x81, Buffer.from(tradeText(id)))
  const ATTACKS: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['1 GiB announced', Buffer.concat([announced, Buffer.alloc(64 * 1024)])],
    ['a length of 2^63', Buffer.concat([HEAD, Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0])])],
    ['a compressed frame that was not agreed on', frame(0xc1, Buffer.from('x'))],
    ['a reserved opcode', frame(0x83, Buffer.from('x'))],
    ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])],
    ['a control frame in fragments', frame(0x09, Buffer.from('x'))],
  ]

  it('end their connection only: it is dialled again, and its neighbour never notices', async () => {
    const onSocket = (attack: Buffer) => (socket: Socket, head: string, n: number) => {
      socket.write(switching(head))
      socket.write(text(n === 1 ? 'before' : 'after'))
      if (n === 1) socket.write(attack)
    }
    await using stack = new AsyncDisposableStack()
    const attackers = await Promise.all(
      ATTACKS.map(async ([, bytes]) => {
        let n = 0
        return stack.use(await startRawUpstream((socket, head) => onSocket(bytes)(socket, head, ++n)))
      }),
    )
    const neighbour = stack.use(await startUpstream())
    const { topic } = await topicFor('TradeEvent')
    const daemon = stack.use(
      startDaemon({
        ...tradeFeed(topic, [neighbour.url, ...attackers.map(({ url }) => url)]),
        DIAL_RATE: '100',
        FEED_FINNHUB_TRADE_BACKOFF_MAX: '100ms',
      }),
    )
    const socket = await neighbour.connection(1)
    const beside = setInterval(() => socket.send(tradeText('beside')), 20)
    stack.defer(() => clearInterval(beside))
    await until(() => attackers.every(({ sockets }) => sockets.length >= 2), { what: 'a second dial to each attacker' })
    clearInterval(beside)
    socket.send(tradeText('last'))
    // Those of the last attacker may still be on their way.
    await until(async () => (await messagesOf(daemon)).every((messages, i) => messages >= (i === 0 ? 1 : 2)), {
      what: 'messages before and after each attack',
    })
    const { documents } = await settled(daemon, 'finnhub_trade', 2 * ATTACKS.length + 2)
    expect(neighbour.sockets).toHaveLength(1)
    expect(documents.refused).toBe(0)
    const ids = await idsIn(topic, documents.produced)
    expect(ids.filter((id) => id === 'last')).toHaveLength(1)
    expect(ids.filter((id) => id === 'before')).toHaveLength(ATTACKS.length)
    expect(ids.filter((id) => id === 'after')).toHaveLength(ATTACKS.length)
    for (const [i, [what]] of ATTACKS.entries()) {
      const reason = await lostReason(daemon, attackers[i]?.url ?? '')
      expect([what, reason]).toEqual([what, i < 2 ? 'too_big' : 'protocol'])
    }
    expect(await daemon.rss()).toBeLessThan(300 * 1024 * 1024)
  })

  it('may also be a bomb that is a thousand times larger once inflated', async () => {
    const bomb = (socket: WebSocket): void => socket.send(Buffer.alloc(64 * 1024 * 1024, ' '))
    await using upstream = await startUpstream({
      perMessageDeflate: true,
      onSocket: (socket, n) => {
        socket.send(tradeText(`connection ${n}`))
        if (n === 1) bomb(socket)
      },
    })
    const { topic } = await topicFor('TradeEvent')
    await using daemon = startDaemon({
      ...tradeFeed(topic, [upstream.url]),
      FEED_FINNHUB_TRADE_COMPRESSION: 'on',
      FEED_FINNHUB_TRADE_BACKOFF_MAX: '100ms',
    })
    await upstream.connection(2)
    expect(upstream.sockets[0]?.extensions).toContain('permessage-deflate')
    expect(await idsIn(topic, 2)).toEqual(['connection 1', 'connection 2'])
    expect(await lostReason(daemon, upstream.url)).toBe('too_big')
    expect((await settled(daemon, 'finnhub_trade', 2)).documents.refused).toBe(0)
    expect(await daemon.rss()).toBeLessThan(300 * 1024 * 1024)
  })
})
