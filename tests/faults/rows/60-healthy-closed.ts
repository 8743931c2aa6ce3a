/** Row 60: connections that were healthy for a day are closed with 1008, 4004 and 1001: dialled again at once, and slowly only when refused again. */
import { until } from '../../support/until.ts'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const CODES = [1008, 4004, 1001] as const
/** A day of this row. */
const STABLE_MS = 2_000
/** The quick beginning of the back-off. */
const QUICK_S = 1
/** Half of the slow back-off, five minutes. */
const SLOW_S = 150

interface Place {
  readonly paths: Paths
  readonly healthy: SideFeed
  /** Codes that close each connection as soon as it is open. */
  readonly refusing: Set<number>
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 60,
  title: 'a healthy connection of a day closed with 1008, 4004, 1001',
  clients: 'any',
  env: (rig) => {
    const { paths, healthy } = placeOf(rig)
    const over = {
      STABLE_AFTER: `${STABLE_MS}ms`,
      BACKOFF_MAX: '60s',
      OPEN_MESSAGES: JSON.stringify([{ op: 'auth', key: rig.canaries.url }]),
    }
    return healthy.env(
      CODES.map((code) => paths.url(`c${code}`)),
      over,
    )
  },
  expect: { foreign: true, controlFlows: true, apart: ['healthy'] },
  async prepare(rig) {
    const refusing = new Set<number>()
    const paths = await startPaths(rig, (socket, path) => {
      const code = Number(path.slice(1))
      if (refusing.has(code)) socket.close(code, 'not you')
    })
    const healthy = await openSideFeed(rig, 'healthy', { schema: { type: 'record', name: 'N', fields: [] } })
    places.set(rig, { paths, healthy, refusing })
  },
  async inject(rig) {
    const { paths, healthy, refusing } = placeOf(rig)
    await until(() => CODES.every((code) => paths.socket(`c${code}`)), { what: 'the healthy ones to be open' })
    const since = performance.now()
    await until(() => performance.now() - since > STABLE_MS + 200, { what: 'a day of theirs', timeoutMs: 60_000 })
    for (const code of CODES) {
      await paths.send(`c${code}`, '{}')
      paths.socket(`c${code}`)?.close(code, `Pong timeout of ${rig.canaries.url}`)
    }
    await rig.noticesInLog(/closed with 1008: Pong timeout of \*\*\*; next dial in/)
    const isBack = (): boolean => CODES.every((code) => paths.dials(`c${code}`) === 2)
    const back = await until(isBack, { what: 'the second dials', timeoutMs: 10_000 }).then(
      () => true,
      () => false,
    )
    rig.findings.push({
      id: 'row',
      ok: back,
      detail: back ? 'all were dialled again' : 'not all were dialled again in 10 s',
    })
    rig.findings.push(...CODES.map((code) => waited(rig, code, 'Pong timeout', 0, QUICK_S)))
    if (!back) return
    for (const code of CODES.slice(0, 2)) {
      refusing.add(code)
      paths.socket(`c${code}`)?.close(code, 'not you')
    }
    await rig.noticesInLog(/closed with 4004: not you; next dial in/)
    rig.findings.push(...CODES.slice(0, 2).map((code) => waited(rig, code, 'not you', SLOW_S, 2 * SLOW_S)))
    rig.findings.push(await healthy.settled(CODES.length))
  },
}

/** The wait that the log told after the last close with `code` and `reason`, in seconds. */
function waited(rig: Rig, code: number, reason: string, least: number, most: number): Finding {
  const line = rig.daemon.log.findLast(({ msg }) => msg.includes(`closed with ${code}: ${reason}`))?.msg ?? ''
  const seconds = Number(/next dial in ([\d.]+) s/.exec(line)?.[1] ?? Number.NaN)
  const ok = seconds >= least && seconds <= most
  return { id: 'row', ok, detail: `after ${code} (${reason}) the next dial is in ${seconds} s (${least} to ${most})` }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
