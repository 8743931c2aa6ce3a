/** Row 52: the suite itself is sabotaged; each mutant of the daemon must turn it red, for the right reason. */
import { MUTANTS, type Mutant, makeMutant } from '../mutants.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { runRow } from '../run-row.ts'

/** No fault at all: enough traffic over enough partitions for any mutant to show. Two sources per partition: a request holds several records of one. */
const plain: Row = {
  number: 0,
  title: 'no fault',
  clients: 'any',
  load: { rate: 3_000, sources: 6, partitions: 3 },
  inject: async (rig) => {
    await rig.flows(3_000)
  },
}

export const row: Row = {
  number: 52,
  title: 'mutants of the daemon turn the suite red',
  clients: 'any',
  run: async (rig) => {
    const { brief } = rig.options
    const healthy = brief ? [] : [await healthyOne(rig)]
    const findings: Finding[] = []
    for (const mutant of brief ? MUTANTS.slice(0, 2) : MUTANTS) findings.push(await caught(mutant, rig))
    return [...healthy, ...findings]
  },
}

/** The same row with the daemon as it is. */
async function healthyOne(rig: Rig): Promise<Finding> {
  const { findings, passed } = await runRow(plain, rig.options, rig.ground)
  const bad = findings.filter(({ ok }) => !ok).map(({ id, detail }) => `${id} ${detail}`)
  return { id: 'row', ok: passed, detail: passed ? 'no mutant: green' : `no mutant, but ${bad.join('; ')}` }
}

async function caught(mutant: Mutant, rig: Rig): Promise<Finding> {
  const { entry, remove } = await makeMutant(mutant)
  try {
    const { findings } = await runRow(plain, { ...rig.options, entry }, rig.ground)
    const bad = findings.filter(({ ok }) => !ok)
    const right = bad.find(({ id }) => id === mutant.caughtBy)
    const said = right
      ? `${right.id}: ${right.detail}`
      : `but ${bad.map(({ id, detail }) => `${id} ${detail}`).join('; ') || 'all is green'}`
    return { id: 'row', ok: right !== undefined, detail: `a daemon that ${mutant.name}, ${said}` }
  } finally {
    await remove()
  }
}
