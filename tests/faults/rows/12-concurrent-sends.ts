/** Row 12: many feeds write to the same partitions at once. Idempotence is always off. */
import { withAdmin } from '../../../scripts/lib/kafka-admin.ts'
import { kafkaClient, visitTopic } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { openTally } from '../checker/tally.ts'
import type { Evidence } from '../evidence.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { type Simulator, startSimulator } from '../simulator.ts'

const FEEDS = 20
const RATE = 100
const SOURCES = 3
const neighbours = new WeakMap<Rig, readonly Simulator[]>()

export const row: Row = {
  number: 12,
  title: `${FEEDS + 1} feeds write to the same partitions at once`,
  clients: 'both',
  load: { partitions: 4 },
  env: (rig) => ({
    LINGER: 'off',
    ...Object.fromEntries(
      (neighbours.get(rig) ?? []).flatMap(({ urls }, at) => [
        [`FEED_NEXT${at}_URLS`, urls.join()],
        [`FEED_NEXT${at}_SCHEMA`, rig.topics.fault],
      ]),
    ),
  }),
  expect: { controlFlows: true },
  async prepare(rig) {
    const canary = rig.canaries.payload
    const start = async (_: unknown, at: number): Promise<Simulator> => {
      const simulator = await startSimulator({ name: `next${at}x`, sources: SOURCES, rate: RATE, canary })
      rig.defer(() => simulator[Symbol.asyncDispose]())
      return simulator
    }
    neighbours.set(rig, await Promise.all(Array.from({ length: FEEDS }, start)))
  },
  async inject(rig) {
    await rig.wait(60)
    const all = neighbours.get(rig) ?? []
    for (const simulator of all) simulator.paused = true
    const areIdle = async (): Promise<boolean> => {
      const { feeds } = await rig.daemon.status()
      return all.every(({ written }, at) => feeds[`next${at}`]?.ledger.messages.settled === written)
    }
    await until(areIdle, { what: 'the other feeds to be idle', timeoutMs: 60_000 })
  },
  check: async ({ samples }: Evidence, rig) => [...(await offsets(rig)), ...(await apart(rig)), calm(samples)],
}

/** Each partition's offsets are 0, 1, 2, …: none twice, none left out. */
async function offsets({ topics, site }: Rig): Promise<Finding[]> {
  const next = new Map<number, number>()
  let jumps = 0
  const visit = ({ partition, offset }: { partition: number; offset: bigint }): void => {
    if (Number(offset) !== (next.get(partition) ?? 0)) jumps++
    next.set(partition, Number(offset) + 1)
  }
  await visitTopic(topics.fault, 0, visit, { bootstrapServers: site.direct, timeoutMs: 120_000 })
  const ends = await withAdmin(kafkaClient(site.direct), (admin) => admin.fetchTopicOffsets(topics.fault))
  const short = ends.filter(({ partition, high }) => (next.get(partition) ?? 0) !== Number(high)).length
  const total = [...next.values()].reduce((sum, count) => sum + count, 0)
  const detail = `${total} offsets of ${next.size} partitions, ${jumps} out of turn, ${short} partitions read short`
  return [{ id: 'row', ok: jumps + short === 0 && next.size === ends.length, detail }]
}

/** Every feed's messages are there once and in order: none was taken for another's. */
async function apart(rig: Rig): Promise<Finding[]> {
  const all = neighbours.get(rig) ?? []
  const tally = openTally(all.flatMap(({ sources }) => sources))
  await visitTopic(rig.topics.fault, 0, tally.record, { bootstrapServers: rig.site.direct, timeoutMs: 120_000 })
  const written = all.reduce((sum, simulator) => sum + simulator.written, 0)
  const { distinct, duplicates, disorder, broken } = tally
  const counts = `${distinct} of ${written} messages of ${all.length} feeds in the topic`
  return [
    { id: 'I2', ok: distinct === written && written > 0, detail: counts },
    { id: 'I3', ok: duplicates === 0, detail: `other feeds: ${duplicates} duplicates` },
    { id: 'I4', ok: disorder.count + broken.count === 0, detail: `other feeds: ${disorder.count} out of order` },
  ]
}

/** An acknowledgement that did not fit its partition's offsets would have been tried again. */
function calm(samples: Evidence['samples']): Finding {
  const retries = samples?.value('tributary_produce_retries_total') ?? 0
  return { id: 'row', ok: retries === 0, detail: `${retries} acknowledgements did not fit` }
}
