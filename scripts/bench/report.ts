/** What was measured, whole. */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { KAFKA } from '../stack/cache.ts'
import type { Idle } from './idle.ts'
import type { Entry, Section } from './plan.ts'
import type { Result } from './round.ts'
import { ratio, summarise } from './summary.ts'

/** An entry and its rounds. */
export interface EntryReport extends Entry {
  readonly results: readonly Result[]
}

/** A section and its rounds. */
export interface SectionReport extends Section {
  readonly entries: readonly EntryReport[]
}

/** One line for machines. */
export function json(sections: readonly SectionReport[], idle: readonly Idle[] = []): string {
  const entries = sections.flatMap(({ id, entries }) =>
    entries.map(({ load, rounds, contenders, results }) => ({
      section: id,
      ...load,
      rounds,
      rival: contenders.at(-1),
      contenders: summarise(results).map((summary) => ({
        ...summary,
        ratio: ratio(results, summary.contender, contenders.at(-1) ?? ''),
      })),
    })),
  )
  return JSON.stringify({ bench: 2, machine: machine(), cores: cpus().length, entries, idle })
}

/** What it was measured with. */
export function machine(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const cpu = cpus()[0]?.model.trim() ?? 'CPU'
  return `Tributary ${version}, Node ${process.versions.node}, Kafka ${KAFKA.version}, ${cpus().length} × ${cpu}`
}
