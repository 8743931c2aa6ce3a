/** I11: the daemon ends with the documented code, in time. */
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

/** DRAIN_TIMEOUT of the rig, and what closing takes on a busy machine. */
const WITHIN_MS = 40_000

/** Judges the end after SIGTERM. */
export function ending({ row, ending: end }: Evidence): Finding[] {
  const expected = row.expect?.exit ?? 0
  const how = end.signal ? `by ${end.signal}` : `with ${end.code}`
  const ok = end.code === expected && end.afterMs <= WITHIN_MS
  return [
    {
      id: 'I11',
      ok,
      detail: `ended ${how} ${(end.afterMs / 1_000).toFixed(1)} s after SIGTERM${ok ? '' : `, not with ${expected}`}`,
    },
  ]
}
