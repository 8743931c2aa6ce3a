/** I5: what Kafka has says what was sent. All records by hash, some of them by another decoder: Apache Avro for Java. */
import { decode } from '../../support/decode/decode.ts'
import { type Stamped, shaOf } from '../document.ts'
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

/** Judges both feeds together. */
export async function fidelity({ control, fault, rig }: Evidence): Promise<Finding[]> {
  const broken = [control, fault].filter(({ tally }) => tally.broken.count > 0)
  const problems = broken.map(
    ({ name, tally }) => `${name}: ${tally.broken.count} broken values, first ${tally.broken.example}`,
  )
  const sample = [control, fault].flatMap(({ tally }) => tally.sample)
  const decoded = await decode(sample, rig.registry.direct)
  const different = decoded.filter(({ content }) => shaOf(content as unknown as Stamped) !== content.sha)
  if (different.length > 0) problems.push(`Avro for Java reads ${different.length} of ${decoded.length} differently`)
  const all = control.tally.records + fault.tally.records
  return [
    {
      id: 'I5',
      ok: problems.length === 0 && all > 0,
      detail: problems.join('; ') || `${all} records intact, ${decoded.length} read by Avro for Java`,
    },
  ]
}
