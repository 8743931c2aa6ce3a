/** Row 59: SIGTERM at random moments of the start, and a LANE_DIR that is of no use or does not answer. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Daemon, Exit } from '../../support/daemon.ts'
import { mountFreezable } from '../../support/frozen-disk.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import { type Finding, notRun, type Row } from '../row.ts'
import { finish } from '../run-row.ts'

const MOMENTS = 50
const LEAST_MOMENTS = 8
/** Messages of each feed, from the beginning. */
const HELD = 500
const DRAIN_MS = 5_000
/** Beside the drain: what loading and closing take on a busy machine. */
const MARGIN_MS = 5_000
/** Of the bound on a LANE_DIR that does not answer, with some room. */
const NO_ANSWER_MS = 20_000

export const row: Row = {
  number: 59,
  title: `SIGTERM at ${MOMENTS} random moments of the start; a LANE_DIR that is of no use, and one that hangs`,
  clients: 'any',
  needs: { lane: 'disk' },
  env: { DRAIN_TIMEOUT: `${DRAIN_MS}ms` },
  expect: { lostTails: 'both' },
  async run(rig) {
    await held(rig)
    const stops = await stoppedAtRandom(rig)
    const from = performance.now()
    await rig.start().ready(60_000)
    await rig.flows(300)
    const window = { from, to: performance.now(), wanted: 0, produced: 0 }
    return [stops, ...(await finish(row, rig, window)), await useless(rig), ...(await hanging(rig))]
  },
}

/** So that each start has something to read: Kafka is frozen before anything can be on its way to it. */
async function held(rig: Rig): Promise<void> {
  const { brokers } = rig.site
  for (const { kafka } of brokers) kafka.pause()
  const daemon = rig.start()
  await daemon.said('has started')
  const isHolding = async (): Promise<boolean> => {
    const { feeds } = await daemon.status()
    return Object.values(feeds).every(({ ledger }) => ledger.messages.held >= HELD)
  }
  await until(isHolding, { what: `${HELD} messages of each feed to be held`, timeoutMs: 60_000 })
  await daemon.stop()
  for (const { kafka } of brokers) kafka.resume()
}

async function stoppedAtRandom(rig: Rig): Promise<Finding> {
  rig.sampler.paused = true
  const latestMs = await startMs(rig)
  const moments = Math.max(LEAST_MOMENTS, Math.round(MOMENTS * rig.options.scale))
  const bad: string[] = []
  let [opened, slowestMs] = [0, 0]
  for (let at = 0; at < moments; at++) {
    const delayMs = rig.random() * latestMs
    const daemon = rig.start()
    await sleep(delayMs)
    const asked = performance.now()
    const exit = await ended(daemon)
    const afterMs = performance.now() - asked
    slowestMs = Math.max(slowestMs, afterMs)
    if (daemon.log.length > 0) opened++
    if (!isOrderly(daemon, exit) || afterMs > DRAIN_MS + MARGIN_MS)
      bad.push(`${Math.round(delayMs)} ms: ${JSON.stringify(exit)} after ${Math.round(afterMs)} ms`)
  }
  const lasting = await stragglers(rig)
  rig.sampler.paused = false
  return {
    id: 'I11',
    ok: bad.length === 0 && lasting === 0 && opened > 0,
    detail: `${moments} stops within ${Math.round(latestMs)} ms of the start, ${opened} of them after it had said something, the slowest took ${Math.round(slowestMs)} ms; ${lasting} processes left${bad.length > 0 ? `; ${bad.join(', ')}` : ''}`,
  }
}

/** How long a start takes here, until the sockets are open. */
async function startMs(rig: Rig): Promise<number> {
  const from = performance.now()
  const daemon = rig.start()
  await daemon.ready(60_000)
  const took = performance.now() - from
  await ended(daemon)
  return took * 1.2
}

async function ended(daemon: Daemon): Promise<Exit | undefined> {
  const exit = daemon.stop()
  return Promise.race([exit, sleep(DRAIN_MS + 2 * MARGIN_MS, undefined, { ref: false })])
}

/** Ended by itself with 0, its last word said; or by the signal, before it had begun with anything. */
function isOrderly({ log }: Daemon, exit: Exit | undefined): boolean {
  if (exit?.signal === 'SIGTERM') return log.length === 0
  return exit?.code === 0 && (log.at(-1)?.msg.startsWith('stopped with code 0') ?? false)
}

/** Processes that were begun to look at the lanes, and have not ended soon after the daemon. */
async function stragglers({ folder }: Rig): Promise<number> {
  const count = (): number => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && names(pid, folder)).length
  await until(() => count() === 0, { what: 'the last process to end' }).catch(() => {})
  return count()
}

function names(pid: string, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
  } catch {
    return false
  }
}

/** Node's own recursive mkdir would try for ever there. */
async function useless(rig: Rig): Promise<Finding> {
  const from = performance.now()
  const daemon = rig.start({ LANE_DIR: '/proc/nope' })
  const exit = await Promise.race([daemon.exited, sleep(NO_ANSWER_MS, undefined, { ref: false })])
  const seconds = ((performance.now() - from) / 1_000).toFixed(1)
  const said = daemon.log.map(({ msg }) => msg).find((msg) => msg.includes('LANE_DIR /proc/nope')) ?? 'nothing'
  return {
    id: 'I11',
    ok: exit?.code === 69 && said !== 'nothing',
    detail: `LANE_DIR=/proc/nope: code ${exit?.code} after ${seconds} s: ${said}`,
  }
}

/** The disk is frozen: a write to it never comes back. */
async function hanging(rig: Rig): Promise<Finding[]> {
  await using disk = await mountFreezable()
  if (!disk) return [notRun('only root can mount a disk and freeze it')]
  const LANE_DIR = join(disk.path, 'lanes')
  await disk.freeze()
  const [patient, told] = [rig.start({ LANE_DIR }), rig.start({ LANE_DIR })]
  await told.said('metrics on')
  const asked = performance.now()
  const stopped = await ended(told)
  const afterMs = performance.now() - asked
  const gaveUp = await Promise.race([patient.exited, sleep(NO_ANSWER_MS, undefined, { ref: false })])
  const said = patient.log.map(({ msg }) => msg).find((msg) => msg.includes('has not answered')) ?? 'nothing'
  return [
    {
      id: 'I11',
      ok: stopped?.code === 0 && afterMs < DRAIN_MS + MARGIN_MS,
      detail: `a disk that hangs: SIGTERM ended it with ${stopped?.code} after ${Math.round(afterMs)} ms`,
    },
    { id: 'I11', ok: gaveUp?.code === 69 && said !== 'nothing', detail: `and without it ${gaveUp?.code}: ${said}` },
  ]
}
