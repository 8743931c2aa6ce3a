/** Row 8: partitions are added under load, and the topic is deleted and made again before the daemon can see that it is gone. */
import { quietKafka, withAdmin } from '../../../scripts/lib/kafka-admin.ts'
import { topicSize } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { deleteTopic, recreateTopic } from '../topic-life.ts'

const BEFORE = 2
const AFTER = 8
/** The catalogue's ten seconds, and what a look, a write and a busy machine take. */
const REFRESHED_MS = 15_000

export const row: Row = {
  number: 8,
  title: 'partitions added under load; topic deleted and made again unseen',
  clients: 'both',
  load: { partitions: BEFORE, sources: 16 },
  expect: { duplicates: 'retries', controlFlows: true },
  async inject(rig) {
    await addPartitions(rig)
    await replace(rig, AFTER)
    await rig.wait(30)
    await replace(rig, BEFORE)
    await rig.wait(30)
  },
}

async function addPartitions(rig: Rig): Promise<void> {
  const topic = rig.topics.fault
  // New partitions have no leader at first, and that is an error.
  const ends = () => withAdmin(quietKafka(rig.site.direct), (admin) => admin.fetchTopicOffsets(topic)).catch(() => [])
  await withAdmin(quietKafka(rig.site.direct), (admin) =>
    admin.createPartitions({ topicPartitions: [{ topic, count: AFTER }] }),
  )
  const since = performance.now()
  const isUsed = async (): Promise<boolean> =>
    (await ends()).some(({ partition, high }) => partition >= BEFORE && Number(high) > 0)
  await until(isUsed, { what: 'records in a new partition', timeoutMs: 60_000 })
  const tookMs = performance.now() - since
  const detail = `records in the new partitions ${(tookMs / 1_000).toFixed(1)} s after they were made`
  rig.findings.push({ id: 'row', ok: tookMs <= REFRESHED_MS, detail })
}

/**
 * Deletes the topic under load and makes it again. The daemon stands still meanwhile, so that all that was acknowledged can be
 * read before, and that nothing tells it: it wakes up with the old topic in mind.
 */
async function replace(rig: Rig, partitions: number): Promise<void> {
  const { daemon, sampler, topics, site } = rig
  sampler.paused = true
  daemon.signal('SIGSTOP')
  try {
    let last = -1
    const isStill = async (): Promise<boolean> => {
      const before = last
      last = await topicSize(topics.fault, site.direct).catch(() => -1)
      return last >= 0 && last === before
    }
    await until(isStill, { what: 'the last request to be written', everyMs: 200 })
    await deleteTopic(rig)
    await recreateTopic(rig, partitions)
  } finally {
    daemon.signal('SIGCONT')
    sampler.paused = false
  }
}
