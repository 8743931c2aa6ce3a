/** Row 7: the topic is not there when the daemon starts, and is deleted while it runs. */
import { until } from '../../support/until.ts'
import type { Row } from '../row.ts'
import { deleteTopic, recreateTopic, removeTopic } from '../topic-life.ts'

const PARTITIONS = 3

export const row: Row = {
  number: 7,
  title: 'topic missing at the start, and deleted for 30 s during the run; no auto-create',
  clients: 'both',
  load: { partitions: PARTITIONS },
  expect: { duplicates: 'retries', controlFlows: true },
  async start(rig) {
    await removeTopic(rig.topics.fault, rig.site.direct)
    rig.start()
    await rig.noticesInLog(/feed fault cannot start yet.*create topic/)
    await rig.noticesInMetrics('tributary_feed_parked is 1', (samples) => {
      return samples.value('tributary_feed_parked', { feed: 'fault' }) === 1
    })
    const goes = async (): Promise<boolean> => (await rig.daemon.feed('control')).ledger.documents.produced > 300
    await until(goes, { what: 'the control feed to flow without the other one' })
    await recreateTopic(rig, PARTITIONS)
    const runs = async (): Promise<boolean> => (await rig.daemon.feed('fault')).state === 'running'
    await until(runs, { what: 'the fault feed to run', timeoutMs: 60_000 })
  },
  async inject(rig) {
    rig.fault.paused = true
    // What is on its way would be lost with the topic: that is not this row's question.
    const isIdle = async (): Promise<boolean> => {
      const { messages, documents } = (await rig.daemon.feed('fault')).ledger
      return messages.received === rig.fault.written && messages.held + documents.in_flight === 0
    }
    await until(isIdle, { what: 'the fault feed to be idle', timeoutMs: 60_000 })
    await deleteTopic(rig)
    rig.fault.paused = false
    const wait = rig.wait(30)
    await rig.noticesInLog(/no such topic|has no topic.*holding and trying again/)
    await rig.noticesInMetrics(
      'tributary_produce_retries_total counts no_topic',
      (samples) =>
        (samples.value('tributary_produce_retries_total', { topic: rig.topics.fault, reason: 'no_topic' }) ?? 0) > 0,
    )
    await wait
    await recreateTopic(rig, PARTITIONS)
  },
}
