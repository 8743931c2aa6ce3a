/** The bench: contenders take turns on one Kafka, and what they reach is printed. See `--help`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, EXIT, Failure, runScript } from '../lib/failure.ts'
import { quietKafka, withAdmin } from '../lib/kafka-admin.ts'
import { startKafka } from '../stack/kafka.ts'
import { startRegistry } from '../stack/registry.ts'
import { type Contender, contender, PYTHON } from './contenders.ts'
import { type Idle, idle, idleTable } from './idle.ts'
import { type BenchOptions, benchOptions } from './options.ts'
import { page } from './page.ts'
import { picture } from './picture.ts'
import type { Section } from './plan.ts'
import { profile } from './profile.ts'
import { json, type SectionReport } from './report.ts'
import { type Ground, round } from './round.ts'
import { rowsOf, terminalTable } from './rows.ts'
import { runSection } from './run.ts'
import { faulty, regressions, tooSlow } from './verdict.ts'

const DOCS = join(import.meta.dirname, '../../docs')
/** The broker is a JVM: it is slower before it has compiled itself. */
const BROKER_WARM_UP = 200_000

async function main(): Promise<number> {
  const startedAt = performance.now()
  const options = benchOptions()
  const contenders = await available(options)
  const broker = await startKafka()
  try {
    const registry = await startRegistry()
    try {
      const kafka = quietKafka(broker.bootstrapServers, { retry: { retries: 10, initialRetryTime: 100 } })
      return await withAdmin(kafka, async (admin) => {
        const ground: Ground = { broker, registryUrl: registry.url, kafka, admin }
        return options.profile ? profiled(options, contenders, ground) : compare(options, contenders, ground)
      })
    } finally {
      await registry.stop()
    }
  } finally {
    await broker.stop()
    process.stderr.write(`bench: took ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes\n`)
  }
}

/** Who takes part, by name. Without a usable Python its contender is left out, and that is said. */
async function available({ sections, idle, settings }: BenchOptions): Promise<Map<string, Contender>> {
  const loaded = sections.flatMap(({ entries }) => entries.flatMap(({ contenders }) => contenders))
  const names = new Set([...loaded, ...(idle?.contenders ?? [])])
  const found = new Map<string, Contender>()
  for (const name of names) {
    try {
      found.set(name, await contender(name, settings))
    } catch (error) {
      const absent = name === PYTHON && error instanceof Failure && error.code === EXIT.unavailable
      if (!absent || names.size === 1) throw error
      process.stderr.write(`bench: ${describe(error)}; it is left out\n  ${error.cure}\n`)
    }
  }
  return found
}

async function profiled(
  { sections }: BenchOptions,
  contenders: ReadonlyMap<string, Contender>,
  ground: Ground,
): Promise<number> {
  const [entry] = sections[0]?.entries ?? []
  const first = contenders.get(entry?.contenders[0] ?? '')
  if (entry && first) process.stdout.write(await profile(first, entry.load, ground))
  return 0
}

async function compare(
  options: BenchOptions,
  contenders: ReadonlyMap<string, Contender>,
  ground: Ground,
): Promise<number> {
  const [first] = contenders.values()
  const [load] = options.sections.flatMap(({ entries }) => entries.map((entry) => entry.load))
  if (first && load) {
    const count = Math.min(BROKER_WARM_UP, load.count)
    await round(first, { ...load, shape: 'small', warmUp: 0, count, rate: undefined }, ground)
  }
  const reports: SectionReport[] = []
  for (const section of options.sections) {
    const report = await runSection(withThose(section, contenders), contenders, ground)
    process.stdout.write(`\n${report.title}\n${terminalTable(rowsOf(report))}\n`)
    reports.push(report)
  }
  const idles = await leftAlone(options, contenders, ground)
  process.stdout.write(`${json(reports, idles)}\n`)
  if (options.write) await write(reports, idles)
  return judge(options, reports, contenders)
}

async function leftAlone(
  { idle: plan }: BenchOptions,
  contenders: ReadonlyMap<string, Contender>,
  ground: Ground,
): Promise<Idle[]> {
  const found: Idle[] = []
  for (const name of plan?.contenders ?? []) {
    const contender = contenders.get(name)
    if (!plan || !contender?.isDaemon) continue
    found.push(await idle(contender, plan.urls, ground))
  }
  if (found.length > 0) process.stdout.write(`\nLeft alone\n${idleTable(found)}\n`)
  return found
}

function withThose(section: Section, there: ReadonlyMap<string, Contender>): Section {
  const entries = section.entries.map((entry) => ({
    ...entry,
    contenders: entry.contenders.filter((name) => there.has(name)),
  }))
  return { ...section, entries }
}

async function write(reports: readonly SectionReport[], idles: readonly Idle[]): Promise<void> {
  const pictures = join(DOCS, 'performance')
  await mkdir(pictures, { recursive: true })
  for (const report of reports) await writeFile(join(pictures, `${report.id}.svg`), picture(report))
  await writeFile(join(DOCS, 'performance.md'), page(reports, idles))
}

function judge(
  { against, assertRatio }: BenchOptions,
  reports: readonly SectionReport[],
  contenders: ReadonlyMap<string, Contender>,
): number {
  const entries = reports.flatMap((report) => report.entries)
  const [first] = entries
  const wrong = [
    ...faulty(entries, contenders),
    ...(first && assertRatio !== undefined ? tooSlow(first, assertRatio) : []),
    ...(first && against ? regressions(first) : []),
  ]
  for (const sentence of wrong) process.stderr.write(`bench: ${sentence}\n`)
  return wrong.length > 0 ? 1 : 0
}

runScript('bench', main)
