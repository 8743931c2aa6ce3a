/** I8: a feed whose path is well goes on at its rate while the other one suffers. */
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

const LEAST = 0.9
/** Messages on their way at the moment of looking. */
const UNDER_WAY = 50

/** Judges the control feed over the time of the fault, where the row says that its path is well. */
export function isolation({ row, window }: Evidence): Finding[] {
  if (!row.expect?.controlFlows) return []
  const { wanted, produced, from, to } = window
  const share = wanted === 0 ? 0 : produced / wanted
  return [
    {
      id: 'I8',
      ok: wanted > 0 && produced >= LEAST * wanted - UNDER_WAY,
      detail: `control: ${produced} of ${wanted} messages delivered within the ${((to - from) / 1_000).toFixed(1)} s of the fault (${Math.round(share * 100)} %)`,
    },
  ]
}
