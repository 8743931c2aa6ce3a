/** Row 38: twenty thousand messages a second, of which one in twenty is a document. */
import { until } from '../../support/until.ts'
import { growth } from '../growth.ts'
import { type Noise, startNoise } from '../noise-process.ts'
import { NOISE_SCHEMA, refusedOf } from '../noise-text.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const RATE = 20_000
const SECONDS = 30
const SLOWEST = 2_000

interface Place {
  readonly noise: Noise
  readonly side: SideFeed
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 38,
  title: '20,000 messages/s, 95 % of them invalid',
  clients: 'any',
  env: (rig) => {
    const { side, noise } = placeOf(rig)
    return side.env([noise.url])
  },
  expect: { controlFlows: true, rssBytes: 600 * 1024 * 1024 },
  async prepare(rig) {
    const noise = await startNoise()
    rig.defer(() => noise.stop())
    places.set(rig, { noise, side: await openSideFeed(rig, 'noise', { schema: NOISE_SCHEMA }) })
  },
  async inject(rig) {
    const { noise, side } = placeOf(rig)
    await until(() => noise.isOpen, { what: 'the noise to be dialled' })
    const messages = Math.round((rig.scaled(SECONDS) / 1_000) * RATE)
    const timeoutMs = 60_000 + (messages / SLOWEST) * 1_000
    const startedAt = performance.now()
    noise.send({ messages, rate: RATE })
    await rig.noticesInLog(/a document was refused: /)
    await rig.noticesInMetrics('dead letters are counted', (samples) => {
      const labels = { feed: side.name, outcome: 'dead_lettered' }
      return (samples.value('tributary_documents_total', labels) ?? 0) > RATE / 20
    })
    await until(() => noise.sent.messages >= messages, { what: 'the noise to be over', timeoutMs })
    rig.findings.push(await side.settled(messages, timeoutMs))
    const ms = performance.now() - startedAt
    const lines = rig.daemon.log.filter(({ msg }) =>
      /^a document was refused|documents of the last \d+ s were refused/.test(msg),
    ).length
    // One for each reason, and a summary a minute.
    const most = Object.keys(refusedOf(100)).length + Math.ceil(ms / 60_000)
    rig.findings.push({
      id: 'row',
      ok: lines > 0 && lines <= most,
      detail: `${messages} messages in ${(ms / 1_000).toFixed(1)} s made ${lines} lines of log (at most ${most})`,
    })
  },
  async check(evidence, rig) {
    const { noise, side } = placeOf(rig)
    const { messages, valid } = noise.sent
    const { records, deadLetters } = await side.sizes()
    const ledger = rig.daemon.log.at(-1)?.ledger?.[side.name]
    const expected = refusedOf(messages)
    const counted = Object.keys(expected).every((reason) => ledger?.dead_lettered[reason] === expected[reason])
    const ok = records === valid && deadLetters === messages - valid && counted
    return [
      {
        id: 'I1',
        ok,
        detail: `noise: ${records} records of ${valid} documents, ${deadLetters} dead letters by their reasons`,
      },
      growth(evidence),
    ]
  },
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
