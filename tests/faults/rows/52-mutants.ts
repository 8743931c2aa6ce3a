/** Row 52: the suite itself is sabotaged; each mutant of the daemon must turn it red, for the right reason. */
import { GUARDS, MUTANTS, type Mutant, makeMutant, UNFLUSHED } from '../mutants.ts'
import type { Rig } from '../rig.ts'
import { type Finding, notRun, type Row } from '../row.ts'
import { runRow } from '../run-row.ts'
import { cannotTamper, failing } from '../strace.ts'
import { row as row24 } from './24-value-edges.ts'
import { row as row47 } from './47-metrics-abuse.ts'
import { row as row54 } from './54-invalid-records.ts'
import { row as row55 } from './55-one-message.ts'
import { row as row56 } from './56-wrong-clock.ts'
import { row as row57 } from './57-lane-removed.ts'
import { row as row58 } from './58-throttled.ts'
import { row as row59 } from './59-stop-while-starting.ts'
import { row as row60 } from './60-healthy-closed.ts'

/** Rows that mutants run in. */
const guarded: readonly Row[] = [row24, row47, row54, row55, row56, row57, row58, row59, row60]

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

/** While no flush succeeds and Kafka acknowledges nothing, nothing more may be taken from the sockets than what one append of each source holds. */
const unflushed: Row = {
  number: 0,
  title: 'no flush succeeds',
  clients: 'any',
  needs: { lane: 'disk' },
  load: { rate: 3_000, sources: 6 },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const tampering = await failing(rig.daemon.pid)
    for (const { kafka } of rig.site.brokers) kafka.pause()
    try {
      await rig.noticesInLog(/the lane of feed fault cannot write/)
      await rig.wait(10)
      const before = (await rig.daemon.feed('fault')).ledger.messages.received
      await rig.wait(20)
      const taken = (await rig.daemon.feed('fault')).ledger.messages.received - before
      rig.findings.push({
        id: 'row',
        ok: taken === 0,
        detail: `${taken} messages were taken in while nothing could be flushed`,
      })
    } finally {
      for (const { kafka } of rig.site.brokers) kafka.resume()
      await tampering.stop()
    }
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
    return [...healthy, ...findings, ...(brief ? [] : [...(await unguarded(rig)), ...(await withoutFlush(rig))])]
  },
}

/** The same row with the daemon as it is. */
async function healthyOne(rig: Rig, of: Row = plain): Promise<Finding> {
  const { findings, passed } = await runRow(of, rig.options, rig.ground)
  const bad = findings.filter(({ ok }) => !ok).map(({ id, detail }) => `${id} ${detail}`)
  return {
    id: 'row',
    ok: passed,
    detail: passed ? `no mutant, ${of.title}: green` : `no mutant, ${of.title}, but ${bad.join('; ')}`,
  }
}

/** Each daemon without one of its guards, in the row that causes the fault which that guard is for. */
async function unguarded(rig: Rig): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const guard of GUARDS) {
    const of = guarded.find(({ number }) => number === guard.row)
    if (!of) throw new Error(`row 52 does not know row ${guard.row}`)
    findings.push(await caught(guard, rig, of))
  }
  return findings
}

/** The honest daemon holds, the mutant does not. */
async function withoutFlush(rig: Rig): Promise<Finding[]> {
  const obstacle = cannotTamper()
  if (obstacle) return [notRun(`a daemon that ${UNFLUSHED.name}: ${obstacle}`)]
  return [await healthyOne(rig, unflushed), await caught(UNFLUSHED, rig, unflushed)]
}

async function caught(mutant: Mutant, rig: Rig, of: Row = plain): Promise<Finding> {
  const { entry, remove } = await makeMutant(mutant)
  try {
    const { findings } = await runRow(of, { ...rig.options, entry }, rig.ground)
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
