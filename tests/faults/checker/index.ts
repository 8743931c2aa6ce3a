/** The checker: every invariant of the catalogue over what a run has left behind. I7 and I9 are found while it runs. */
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'
import { bounds } from './bounds.ts'
import { conservation } from './conservation.ts'
import { ending } from './exit.ts'
import { fidelity } from './fidelity.ts'
import { isolation } from './isolation.ts'
import { loss } from './loss.ts'
import { duplicates, order } from './order.ts'
import { secrecy } from './secrecy.ts'

const INVARIANTS = [conservation, loss, duplicates, order, fidelity, bounds, isolation, secrecy, ending]

/** Every invariant's findings, in their order. */
export async function check(evidence: Evidence): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const invariant of INVARIANTS) findings.push(...(await invariant(evidence)))
  return findings
}
