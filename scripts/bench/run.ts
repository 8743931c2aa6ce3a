/** The rounds of a section. */
import type { Contender } from './contenders.ts'
import { loadText } from './load.ts'
import type { Entry, Section } from './plan.ts'
import type { EntryReport, SectionReport } from './report.ts'
import { type Ground, type Result, round } from './round.ts'

/** Runs all of its entries, with a line on standard output for each round as it goes. */
export async function runSection(
  section: Section,
  contenders: ReadonlyMap<string, Contender>,
  ground: Ground,
): Promise<SectionReport> {
  const entries: EntryReport[] = []
  for (const entry of section.entries) {
    if (entry.contenders.length === 0) continue
    process.stdout.write(`${loadText(entry.load)}\n`)
    entries.push({ ...entry, results: await runEntry(entry, contenders, ground) })
  }
  return { ...section, entries }
}

async function runEntry(entry: Entry, contenders: ReadonlyMap<string, Contender>, ground: Ground): Promise<Result[]> {
  const taking = entry.contenders.flatMap((name) => contenders.get(name) ?? [])
  const results: Result[] = []
  for (let at = 0; at < entry.rounds; at++) {
    // Nobody always follows the same one.
    for (const one of at % 2 === 0 ? taking : taking.toReversed()) {
      const result = await round(one, entry.load, ground)
      process.stdout.write(`  ${lineOf(result)}\n`)
      results.push(result)
    }
  }
  return results.sort((a, b) => entry.contenders.indexOf(a.contender) - entry.contenders.indexOf(b.contender))
}

/** A round in one line. */
export function lineOf(result: Result): string {
  const { contender, recordsPerSecond, cpuUs, brokerCpuUs, floodCpuUs, latency, faults } = result
  const speed = Math.round(recordsPerSecond).toLocaleString('en-GB')
  const cpu = [cpuUs, brokerCpuUs, floodCpuUs].map((us) => us.toFixed(2)).join(' + ')
  const late = latency ? `, p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms` : ''
  const wrong = Object.entries(faults).filter(([, count]) => count > 0)
  const said = wrong.map(([what, count]) => `, ${count} ${what}`).join('')
  return `${contender}: ${speed} records/s, ${cpu} µs (own + broker + flood)${late}${said}`
}
