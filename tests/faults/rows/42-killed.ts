/** Row 42: kill -9, again and again, at random moments under a flood, Kafka frozen in half of them. Each next daemon has the same lanes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { bounds } from '../checker/bounds.ts'
import { conservation } from '../checker/conservation.ts'
import { ending } from '../checker/exit.ts'
import { fidelity } from '../checker/fidelity.ts'
import { loss } from '../checker/loss.ts'
import { order } from '../checker/order.ts'
import { secrecy } from '../checker/secrecy.ts'
import { type Evidence, gather } from '../evidence.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { type SimulatorProcess, startSimulatorProcess } from '../simulator-process.ts'
import { type Kill, mostDuplicates, tailsOf } from './42-tails.ts'

const KILLS = 200
const LEAST_KILLS = 5
const RATE = 20_000
const SOURCES = 8
/** From the first open socket, or (one in five) from the start of the process. */
const LATEST_KILL_MS = 1_500
const DRAIN_MS = 600_000
/** What may wait to be flushed, in seconds of messages: half of the kills cost no more, and on a busy machine, where a flush may take long, none eight times that. */
const TAIL_S = 0.25
/** What may be on its way to Kafka without being on the disk, in seconds of messages. */
const PASSING_S = 0.01
const WORST_TAIL_S = 8 * TAIL_S

const MIB = 1024 * 1024

const INVARIANTS = [conservation, loss, order, fidelity, bounds, secrecy, ending]
const floods = new WeakMap<Rig, SimulatorProcess>()

export const row: Row = {
  number: 42,
  title: `kill -9 at ${KILLS} random points under ${RATE.toLocaleString('en')} messages/s, Kafka frozen in half of them`,
  clients: 'both',
  needs: { lane: 'disk' },
  env: (rig) => ({
    FEED_FAULT_URLS: (floods.get(rig)?.urls ?? []).map((url) => `${url}?token=${rig.canaries.url}`).join(),
  }),
  // At the end it catches up as fast as it can, which is a flood.
  expect: {
    lostTails: 'both',
    uncountedPerKill: PASSING_S * RATE,
    duplicates: 'retries',
    loopLagS: 1,
    rssBytes: 600 * MIB,
  },
  async prepare(rig) {
    const flood = await startSimulatorProcess({
      name: 'fault',
      sources: SOURCES,
      rate: RATE,
      canary: rig.canaries.payload,
    })
    rig.defer(() => flood[Symbol.asyncDispose]())
    floods.set(rig, flood)
  },
  async run(rig) {
    const flood = floods.get(rig)
    if (!flood) throw new Error('row 42 was not prepared')
    rig.sampler.paused = true
    const kills: Kill[] = []
    const most = Math.max(LEAST_KILLS, Math.round(KILLS * rig.options.scale))
    for (let at = 0; at < most; at++) kills.push(await killed(rig, flood, at % 2 === 1))
    const evidence = await lastRun(rig, flood)
    const findings: Finding[] = []
    for (const invariant of INVARIANTS) findings.push(...(await invariant(evidence)))
    return [...findings, ...judge(evidence, kills)]
  },
}

/** One life of the daemon. Kafka is well again soon after the start, and frozen again before the end if `frozen`. */
async function killed(rig: Rig, flood: SimulatorProcess, frozen: boolean): Promise<Kill> {
  const { brokers } = rig.site
  const early = rig.random() < 0.2
  const delayMs = rig.random() * LATEST_KILL_MS
  const freezeMs = rig.random() * delayMs
  const daemon = rig.start()
  const startedAt = performance.now()
  if (!early) {
    const isFlooded = (): boolean => flood.open === SOURCES || !daemon.running
    await until(isFlooded, { what: 'every socket of the flood to open', timeoutMs: 60_000 })
  }
  if (!daemon.running) throw new Error(`it ended by itself:\n${(daemon.stdout + daemon.stderr).slice(-1_000)}`)
  const openedAt = performance.now()
  const before = flood.written
  for (const { kafka } of brokers) kafka.resume()
  await sleep(freezeMs)
  if (frozen) for (const { kafka } of brokers) kafka.pause()
  await sleep(delayMs - freezeMs)
  const at = Date.now()
  daemon.signal('SIGKILL')
  const { signal } = await daemon.exited
  if (signal !== 'SIGKILL') throw new Error(`it ended by itself:\n${(daemon.stdout + daemon.stderr).slice(-1_000)}`)
  await until(() => flood.open === 0, { what: 'the sockets of the killed daemon to close' })
  const openMs = performance.now() - openedAt
  return { at, frozen, early, afterMs: at - startedAt, perSecond: ((flood.written - before) / openMs) * 1_000 }
}

/** The last life: everything that was kept is delivered, and the daemon is ended in order. */
async function lastRun(rig: Rig, flood: SimulatorProcess): Promise<Evidence> {
  for (const { kafka } of rig.site.brokers) kafka.resume()
  const from = performance.now()
  rig.sampler.paused = false
  await rig.start().ready(60_000)
  await until(() => flood.open === SOURCES, { what: 'every socket of the flood to open', timeoutMs: 60_000 })
  await rig.wait(5)
  flood.paused = true
  rig.control.paused = true
  await until(() => flood.buffered === 0, { what: 'the flood to be taken', timeoutMs: DRAIN_MS })
  const reports = await rig.drained(DRAIN_MS)
  const samples = await rig.daemon.metrics()
  rig.sampler.paused = true
  const asked = performance.now()
  const exit = await rig.daemon.stop()
  const end = { ...exit, afterMs: performance.now() - asked }
  await until(() => flood.open === 0, { what: 'the sockets of the flood to close' })
  await flood.tell()
  const window = { from, to: performance.now(), wanted: 0, produced: 0 }
  const flooded: Rig = Object.create(rig, { fault: { value: flood } })
  return gather({ row, rig: flooded, samples, window, ending: end, reports })
}

function judge(evidence: Evidence, kills: readonly Kill[]): Finding[] {
  const { fault, control, rig } = evidence
  const tails = kills.map((kill) => tailsOf(kill, fault))
  const costs = tails.map(({ messages }) => messages).sort((a, b) => a - b)
  const [middle = 0, most = 0] = [costs[Math.floor(costs.length / 2)], costs.at(-1)]
  const oldest = Math.max(...tails.map(({ ageMs }) => ageMs))
  const late = kills.filter(({ early }) => !early)
  const rate = late.reduce((sum, { perSecond }) => sum + perSecond, 0) / Math.max(1, late.length)
  const duplicates = fault.tally.duplicates + control.tally.duplicates
  const allowed = mostDuplicates(rig.daemons)
  const frozen = kills.filter((kill) => kill.frozen).length
  return [
    {
      id: 'row',
      ok: rate >= RATE / 4,
      detail: `${kills.length} kills, Kafka frozen in ${frozen}; the flood wrote ${Math.round(rate)} messages/s of ${RATE}`,
    },
    {
      id: 'I2',
      ok: middle <= TAIL_S * RATE && most <= WORST_TAIL_S * RATE,
      detail: `of what was written before a kill ${middle} messages were lost as a rule, at most ${most}, the oldest ${Math.round(oldest)} ms old`,
    },
    {
      id: 'I3',
      ok: duplicates <= allowed,
      detail: `${duplicates} duplicates; ${allowed} messages may have been read and not forgotten`,
    },
  ]
}
