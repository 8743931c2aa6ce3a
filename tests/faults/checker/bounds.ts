/** I6: memory, file descriptors and the event loop stay within bounds, and Node has nothing to complain of. */
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'
import type { Look } from '../sampler.ts'

const MIB = 1024 * 1024
const RSS_BYTES = 400 * MIB
const LOOP_LAG_S = 0.1
/** Connections come and go: a leak is more than this. */
const SPARE_FDS = 20
const COMPLAINTS = /UnhandledPromiseRejection|MaxListenersExceeded|a bug, please report/

/** Judges the daemon that ran last. */
export function bounds({ row, rig, window, output }: Evidence): Finding[] {
  const { looks, silences } = rig.sampler
  const last = looks.at(-1)
  const of = looks.filter(({ pid }) => pid === last?.pid)
  const { rssBytes: cap = RSS_BYTES, loopLagS: mostLag = LOOP_LAG_S } = row.expect ?? {}
  const rss = Math.max(0, ...of.map(({ rssBytes }) => rssBytes))
  // One that was started during the fault has all its connections only after a while.
  const before = of.findLast(({ at }) => at < window.from) ?? of[Math.floor(of.length / 2)]
  const grownFds = (last?.fds ?? 0) - (before?.fds ?? 0)
  const lag = median(of)
  const complaint = COMPLAINTS.exec(output)?.[0]
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
  const problems = [
    of.length === 0 ? 'nobody could look at it' : undefined,
    rss > cap ? `${mib(rss)} resident, above ${mib(cap)}` : undefined,
    grownFds > SPARE_FDS ? `${grownFds} more file descriptors than before` : undefined,
    lag > mostLag ? `event loop lag of ${Math.round(lag * 1_000)} ms (median of the 99th percentiles)` : undefined,
    complaint ? `it printed ${complaint}` : undefined,
    of.some(({ live }) => !live) ? '/healthz did not say ok' : undefined,
    silences > 0 ? `${silences} looks without an answer` : undefined,
  ].filter((problem) => problem !== undefined)
  const worst = Math.round(Math.max(0, ...of.map(({ loopLagS }) => loopLagS)) * 1_000)
  const fine = `at most ${mib(rss)}, ${last?.fds} file descriptors, loop lag ${Math.round(lag * 1_000)} ms (worst ${worst} ms), always live`
  return [{ id: 'I6', ok: problems.length === 0, detail: problems.join('; ') || fine }]
}

function median(looks: readonly Look[]): number {
  const sorted = looks.map(({ loopLagS }) => loopLagS).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
