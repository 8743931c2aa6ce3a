/** Row 5: of three brokers always the one that leads most is killed, while batches for all of them are on their way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { busiest, placesOf } from '../topic-life.ts'

const KILLS = 20
const LEAST_KILLS = 4
/** Longest time that a broker stays away after its partitions have found other leaders, milliseconds. */
const AWAY_MS = 2_000

export const row: Row = {
  number: 5,
  title: 'leaders killed in a loop, three brokers, batches for all of them',
  clients: 'both',
  needs: { kafka: 'three' },
  load: { partitions: 9, rate: 2_000, sources: 18 },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const kills = Math.max(LEAST_KILLS, Math.round(KILLS * rig.options.scale))
    let moved = 0
    const killed = new Set<number>()
    for (let kill = 0; kill < kills; kill++) {
      const leader = busiest(await placesOf(rig))
      killed.add(leader)
      moved += await killLeader(rig, leader, kill === 0)
    }
    rig.findings.push({
      id: 'row',
      ok: moved >= 2 * kills,
      detail: `${kills} kills of ${killed.size} brokers, after which ${moved} partitions had another leader`,
    })
  },
  check: (_, rig) => {
    const looks = rig.sampler.looks
    const retries = looks.at(-1)?.samples.value('tributary_produce_retries_total', { topic: rig.topics.fault }) ?? 0
    return [{ id: 'row', ok: retries > 0, detail: `${retries} requests of the fault feed met a broker that was gone` }]
  },
}

/** Kills `leader`, and brings it back after others lead. Resolves to how many partitions moved. */
async function killLeader(rig: Rig, leader: number, isFirst: boolean): Promise<number> {
  const broker = rig.site.brokers[leader - 1]
  const led = (await placesOf(rig)).filter((place) => place.leader === leader).map(({ partition }) => partition)
  await sleep(rig.random() * AWAY_MS)
  await broker?.kafka.kill()
  if (isFirst) await rig.noticesInLog(/holding and trying again/)
  const haveLeaders = async (): Promise<boolean> =>
    (await placesOf(rig)).every((place) => place.leader > 0 && place.leader !== leader)
  await until(haveLeaders, { what: `leaders other than ${leader}`, timeoutMs: 60_000 })
  await sleep(rig.random() * AWAY_MS)
  await broker?.kafka.restart()
  const isTwofold = async (): Promise<boolean> => (await placesOf(rig)).every(({ isr }) => isr.length >= 2)
  await until(isTwofold, { what: 'two replicas in sync everywhere', timeoutMs: 60_000 })
  return led.length
}
