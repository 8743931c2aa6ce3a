/** The bench: contenders take turns on one Kafka, and what they reach is printed. See `--help`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runScript } from '../lib/failure.ts'
import { quietKafka, withAdmin } from '../lib/kafka-admin.ts'
import { startKafka } from '../stack/kafka.ts'
import { startRegistry } from '../stack/registry.ts'
import { type Contender, contender } from './contenders.ts'
import { type BenchOptions, benchOptions } from './options.ts'
import { profiling, readProfile } from './profile.ts'
import { json, page, type Report, table } from './report.ts'
import { type Ground, type Result, round } from './round.ts'
import { ratio } from './summary.ts'

const PAGE = join(import.meta.dirname, '../../docs/performance.md')
const SHOWN_FUNCTIONS = 30
/** The broker is a JVM: it is slower before it has compiled itself. */
const BROKER_WARM_UP = 200_000

async function main(): Promise<number> {
  const options = benchOptions()
  const { settings } = options
  const contenders = await Promise.all(options.contenders.map((name) => contender(name, settings)))
  const broker = await startKafka()
  try {
    const registry = await startRegistry()
    try {
      const kafka = quietKafka(broker.bootstrapServers, { retry: { retries: 10, initialRetryTime: 100 } })
      return await withAdmin(kafka, async (admin) => {
        const ground: Ground = { broker, registryUrl: registry.url, kafka, admin }
        return options.profile ? profile(options, contenders, ground) : compare(options, contenders, ground)
      })
    } finally {
      await registry.stop()
    }
  } finally {
    await broker.stop()
  }
}

async function profile({ load }: BenchOptions, [first]: readonly Contender[], ground: Ground): Promise<number> {
  if (!first) return 0
  const { folder, nodeOptions } = profiling()
  const result = await round(first, load, ground, nodeOptions)
  say(result)
  const { file, text } = readProfile(folder, SHOWN_FUNCTIONS)
  process.stdout.write(`Self time of ${first.name}, from start to end, without what was idle:\n${text}\n${file}\n`)
  return 0
}

async function compare(options: BenchOptions, contenders: readonly Contender[], ground: Ground): Promise<number> {
  const { load, rounds, rival, assertRatio } = options
  const [first] = contenders
  if (first) await round(first, { ...load, warmUp: 0, count: BROKER_WARM_UP, rate: undefined }, ground)
  const results: Result[] = []
  for (let at = 0; at < rounds; at++) {
    // Nobody always follows the same one.
    for (const one of at % 2 === 0 ? contenders : contenders.toReversed()) {
      results.push(say(await round(one, load, ground)))
    }
  }
  results.sort((a, b) => options.contenders.indexOf(a.contender) - options.contenders.indexOf(b.contender))
  const report: Report = { load, rounds, rival, results }
  process.stdout.write(`\n${table(report)}\n${json(report)}\n`)
  if (options.write) await writeFile(PAGE, page(report))
  const faulty = results.filter((result) => isFaulty(result, contenders))
  for (const name of new Set(faulty.map((result) => result.contender)))
    process.stderr.write(`bench: ${name} is faulty\n`)
  const reached = ratio(results, first?.name ?? '', rival)
  const tooSlow = assertRatio !== undefined && !(reached !== undefined && reached >= assertRatio)
  if (tooSlow) process.stderr.write(`bench: ${first?.name} is not ${assertRatio} times as fast as ${rival}\n`)
  return faulty.length > 0 || tooSlow ? 1 : 0
}

function isFaulty({ contender, faults }: Result, contenders: readonly Contender[]): boolean {
  const { lost, duplicated, outOfOrder, different } = faults
  const ordered = contenders.find(({ name }) => name === contender)?.keepsOrder
  return lost + duplicated + different > 0 || (ordered === true && outOfOrder > 0)
}

/** One line per round, as it goes. */
function say(result: Result): Result {
  const { contender, recordsPerSecond, cpuUs, brokerCpuUs, floodCpuUs, faults } = result
  const speed = Math.round(recordsPerSecond).toLocaleString('en-GB')
  const cpu = [cpuUs, brokerCpuUs, floodCpuUs].map((us) => us.toFixed(2)).join(' + ')
  const wrong = Object.entries(faults).filter(([, count]) => count > 0)
  const said = wrong.map(([what, count]) => `, ${count} ${what}`).join('')
  process.stdout.write(`${contender}: ${speed} records/s, ${cpu} µs (own + broker + flood)${said}\n`)
  return result
}

runScript('bench', main)
