// One message against all feeds: legal JSON that holds half a million documents.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { createTopic, type ReadRecord, readTopic } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
const MIB = 1024 * 1024
const header = ({ headers }: ReadRecord, name: string): string => String(headers[name])
const fill = (element: string): string => {
  const count = Math.floor((MIB - 2) / (element.length + 1))
  return `[${Array.from({ length: count }, () => element).join()}]`
}

describe.each(['memory', 'disk'])('a lane in %s', (lane) => {
  it.each(['0', '{}'])('settles a message of %s a MiB long as one document, in one dead letter', async (element) => {
    await using stack = new AsyncDisposableStack()
    const folder = mkdtempSync(join(tmpdir(), 'tributary-one-'))
    stack.defer(() => rmSync(folder, { recursive: true, force: true }))
    const { topic } = await topicFor('TradeEvent')
    const dead = await createTopic({ name: `${topic}.dead-letter`, config: { 'max.message.bytes': `${2 * MIB}` } })
    const text = fill(element)
    const upstream = stack.use(await startUpstream({ onSocket: (socket) => socket.send(text) }))
    const whole = { DEAD_LETTER_MAX_BYTES: '2MiB' }
    const env = { ...tradeFeed(topic, [upstream.url]), ...whole, ...(lane === 'disk' ? { LANE_DIR: folder } : {}) }
    const daemon = stack.use(startDaemon(env))
    await daemon.ready()
    const { documents, dead_lettered } = await settled(daemon, FEED, 1)
    expect([documents.found, dead_lettered]).toEqual([1, { too_many_documents: 1 }])
    const letters = await readTopic(dead, 0)
    expect(letters.map(({ value }) => value?.toString() === text)).toEqual([true])
    upstream.sendAll(tradeText('1'))
    await settled(daemon, FEED, 2)
    expect((await daemon.stop()).code).toBe(0)
    // The next start has nothing left to do.
    const next = stack.use(startDaemon(env))
    await next.ready()
    await settled(next, FEED, 1)
    expect((await next.stop()).code).toBe(0)
  })
})

it('keeps ten thousand refused documents of a message in one letter, and produces the rest', async () => {
  await using stack = new AsyncDisposableStack()
  const { topic } = await topicFor('TradeEvent')
  const dead = await createTopic({ name: `${topic}.dead-letter` })
  const elements = Array.from({ length: 10_000 }, (_, n) => (n % 100 === 50 ? tradeText(`${n}`) : n % 2 ? '0' : '{}'))
  const upstream = stack.use(await startUpstream({ onSocket: (socket) => socket.send(`[${elements.join()}]`) }))
  const daemon = stack.use(startDaemon(tradeFeed(topic, [upstream.url])))
  const { documents, dead_lettered } = await settled(daemon, FEED, 1)
  expect(documents).toMatchObject({ found: 10_000, produced: 100, dead_lettered: 9_900 })
  expect(dead_lettered).toEqual({ not_an_object: 5_000, missing_field: 4_900 })
  const [letter, ...others] = await readTopic(dead, 0)
  expect(others).toEqual([])
  expect(header(letter as ReadRecord, 'tributary-document')).toMatch(/^0-49,51-149,151-249,/)
  const { not_an_object: numbers } = JSON.parse(header(letter as ReadRecord, 'tributary-documents'))
  expect(numbers.split(',')).toHaveLength(5_000)
})
