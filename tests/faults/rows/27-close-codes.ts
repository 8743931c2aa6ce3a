/** Row 27: upstreams that close, with every code and without one: redials are bounded, and slower where we are not wanted. */
import { until } from '../../support/until.ts'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const CODES = [1000, 1001, 1011, 1012, 1013, 3000] as const
/** They say that the daemon is not wanted. */
const UNWANTED = [1008, 4000, 4429] as const
/** Half of the slow back-off, five minutes: none is dialled sooner. */
const SLOW_S = 150
/** Closes each connection at once. */
const RESTLESS = 'restless'
/** Of FEED_FAULT_BACKOFF_MAX; waits are even between none and this, so half of it on average. */
const BACKOFF_MS = 2_000

interface Place {
  readonly paths: Paths
  readonly unwanted: SideFeed
  armed: boolean
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 27,
  title: 'close codes 1000 to 4xxx, no close frame, an upstream that closes at once',
  clients: 'any',
  env: (rig) => {
    const { paths, unwanted } = placeOf(rig)
    return {
      FEED_FAULT_URLS: [...rig.faultUrls, paths.url(RESTLESS)].join(),
      ...unwanted.env(UNWANTED.map((code) => paths.url(`c${code}`))),
    }
  },
  expect: { lostTails: true, foreign: true, controlFlows: true, apart: ['unwanted'] },
  async prepare(rig) {
    const paths = await startPaths(rig, (socket, path) => {
      if (path === RESTLESS && places.get(rig)?.armed) socket.close(1011)
    })
    const unwanted = await openSideFeed(rig, 'unwanted', { schema: { type: 'record', name: 'N', fields: [] } })
    places.set(rig, { paths, unwanted, armed: false })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const { fault } = rig
    await until(() => UNWANTED.every((code) => place.paths.socket(`c${code}`)), {
      what: 'the unwanted ones to be open',
    })
    const from = performance.now()
    const before = place.paths.dials(RESTLESS)
    place.armed = true
    place.paths.socket(RESTLESS)?.close(1011)
    for (const code of UNWANTED) place.paths.socket(`c${code}`)?.close(code, 'go away')
    const wait = rig.wait(60)
    await closedAndBack(rig)
    await rig.noticesInMetrics('connections lost are counted by their codes', (samples) =>
      [1011, 1012, 1013].every(
        (code) => (samples.value('tributary_connections_lost_total', { feed: 'fault', code: `${code}` }) ?? 0) > 0,
      ),
    )
    await rig.noticesInLog(/closed with 1008: go away; next dial in/)
    await wait
    await until(() => fault.open === fault.sources.length, { what: 'all sources to be back' })
    const ms = performance.now() - from
    const dials = place.paths.dials(RESTLESS) - before
    place.armed = false
    rig.findings.push(bounded(dials, ms), ...slow(rig, place))
  },
}

/** With each code, then by breaking off; each time all sources come back. */
async function closedAndBack(rig: Rig): Promise<void> {
  const { fault } = rig
  for (const code of [...CODES, undefined]) {
    const { length } = fault.connections
    for (const socket of fault.sockets.values()) {
      if (code === undefined) socket.terminate()
      else socket.close(code, `see you, ${rig.canaries.url}`)
    }
    await until(
      () => fault.connections.length >= length + fault.sources.length && fault.open === fault.sources.length,
      {
        what: `all sources to be back after ${code ?? 'no close frame'}`,
        timeoutMs: 60_000,
      },
    )
  }
  const answered = CODES.map((code) => fault.connections.filter((one) => one.code === code).length)
  const ok = answered.every((sources) => sources === fault.sources.length)
  const detail = `${CODES.join(', ')} were answered by ${answered.join(', ')} sources, and all came back`
  rig.findings.push({ id: 'row', ok, detail })
}

/** Three times what the back-off makes on average, and its quick beginning. */
function bounded(dials: number, ms: number): Finding {
  const most = Math.ceil((3 * ms) / (BACKOFF_MS / 2)) + 5
  return {
    id: 'row',
    ok: dials > 0 && dials <= most,
    detail: `an upstream that closes at once was dialled ${dials} times in ${Math.round(ms / 1_000)} s (at most ${most})`,
  }
}

function slow(rig: Rig, { paths }: Place): Finding[] {
  return UNWANTED.map((code) => {
    const line = rig.daemon.log.findLast(({ msg }) => msg.includes(`closed with ${code}`))?.msg ?? ''
    const seconds = Number(/next dial in ([\d.]+) s/.exec(line)?.[1] ?? 0)
    const dials = paths.dials(`c${code}`)
    const ok = dials === 1 && seconds >= SLOW_S
    return { id: 'row', ok, detail: `after ${code} the next dial is in ${seconds} s; dialled ${dials} times` }
  })
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
