/** Runs one row with one client: set up, steady, fault, recovery, drain, end, check. */
import { describe } from '../../scripts/lib/failure.ts'
import type { Daemon } from '../support/daemon.ts'
import { until } from '../support/until.ts'
import { check } from './checker/index.ts'
import { gather, type Window } from './evidence.ts'
import type { Ground } from './ground.ts'
import { openRig, type Rig, type RunOptions } from './rig.ts'
import type { Finding, Row } from './row.ts'

/** What became of a row. */
export interface Verdict {
  readonly row: Row
  readonly options: RunOptions
  readonly findings: readonly Finding[]
  readonly passed: boolean
  readonly seconds: number
}

const START_MS = 60_000
const RECOVER_S = 60

/** Never throws: what does not come to its end is a finding, too. */
export async function runRow(row: Row, options: RunOptions, ground: Ground): Promise<Verdict> {
  const startedAt = performance.now()
  const findings = await attempt(row, options, ground)
  const excused = row.expect?.without ?? {}
  const passed = findings.length > 0 && findings.every(({ id, ok }) => ok || excused[id] !== undefined)
  return { row, options, findings, passed, seconds: (performance.now() - startedAt) / 1_000 }
}

async function attempt(row: Row, options: RunOptions, ground: Ground): Promise<Finding[]> {
  const failed = (error: unknown, rig?: Rig): Finding => {
    const last = rig?.daemons.at(-1)
    const log = last?.log.slice(-5) ?? []
    const said = log.map(({ msg }) => `\n      ${msg.slice(0, 300)}`).join('')
    return {
      id: 'run',
      ok: false,
      detail: `${describe(error)}${said && `; the log ends:${said}`}${last ? endOf(last) : ''}`,
    }
  }
  let rig: Rig
  try {
    rig = await openRig(row, options, ground)
  } catch (error) {
    return [failed(error)]
  }
  try {
    await row.prepare?.(rig)
    return [...(row.run ? await row.run(rig) : await standard(row, rig)), ...rig.findings]
  } catch (error) {
    return [...rig.findings, failed(error, rig)]
  } finally {
    await rig.close()
  }
}

/** How a daemon that should run has ended. */
function endOf({ running, ended, stderr }: Daemon): string {
  if (running) return ''
  return `; it ended ${ended?.signal ? `by ${ended.signal}` : `with ${ended?.code}`} ${stderr.slice(-1_000)}`
}

/** The usual story. Exported for rows that tell most of it. */
export async function standard(row: Row, rig: Rig): Promise<Finding[]> {
  await (row.start?.(rig) ?? rig.start().ready(START_MS))
  await rig.flows(300)
  await seen(rig)
  const window = await during(rig, async () => row.inject?.(rig))
  rig.findings.push(await recovery(row, rig))
  await rig.flows(200)
  return finish(row, rig, window)
}

/** Resolves when the sampler has looked at the daemon as it is now: what grows later is compared with that. */
async function seen({ sampler }: Rig): Promise<void> {
  // The next look may have begun already.
  const enough = sampler.looks.length + 2
  await until(() => sampler.looks.length >= enough, { what: 'a look at the daemon' })
}

/** Stops the senders, waits for rest, ends the daemon and judges. */
export async function finish(row: Row, rig: Rig, window: Window): Promise<Finding[]> {
  rig.fault.paused = true
  rig.control.paused = true
  const reports = await rig.drained()
  const samples = await rig.daemon.metrics()
  rig.sampler.paused = true
  const asked = performance.now()
  const exit = await rig.daemon.stop()
  const ending = { ...exit, afterMs: performance.now() - asked }
  const evidence = await gather({ row, rig, samples, window, ending, reports })
  return [...(await check(evidence)), ...((await row.check?.(evidence, rig)) ?? [])]
}

/** Runs `fault` and measures the control feed over it. */
export async function during(rig: Rig, fault: () => Promise<void>): Promise<Window> {
  const look = async () => ({
    at: performance.now(),
    wanted: rig.control.wanted,
    produced: (await rig.daemon.feed('control')).ledger.documents.produced,
  })
  const before = await look()
  rig.mark()
  await fault()
  const after = await look().catch(() => ({ at: performance.now(), wanted: rig.control.wanted, produced: 0 }))
  return {
    from: before.at,
    to: after.at,
    wanted: after.wanted - before.wanted,
    produced: after.produced - before.produced,
  }
}

/** I7: every source is open again, and what had been received when the fault was cleared is settled, without a restart. */
export async function recovery(row: Row, rig: Rig): Promise<Finding> {
  const { pid } = rig.daemon
  const { feeds: then } = await rig.daemon.status()
  const clearedAt = performance.now()
  const ceilingS = row.expect?.recoverS ?? RECOVER_S
  const isWell = async (): Promise<boolean> => {
    const { feeds: now } = await rig.daemon.status()
    return Object.entries(now).every(([name, { ledger, sources }]) => {
      if (row.expect?.apart?.includes(name)) return true
      const { settled, dropped } = ledger.messages
      const due = then[name]?.ledger.messages.received ?? 0
      return settled + dropped >= due && sources.every(({ state }) => state === 'open')
    })
  }
  const ok = await until(isWell, { what: 'recovery', timeoutMs: ceilingS * 1_000 }).then(
    () => rig.daemon.running && rig.daemon.pid === pid,
    () => false,
  )
  const seconds = ((performance.now() - clearedAt) / 1_000).toFixed(1)
  return {
    id: 'I7',
    ok,
    detail: ok ? `recovered ${seconds} s after the fault, by itself` : `not well within ${ceilingS} s`,
  }
}
