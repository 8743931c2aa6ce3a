/** The bench's table: for the terminal, and as the page docs/performance.md. */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { KAFKA } from '../stack/cache.ts'
import type { Load, Result } from './round.ts'
import { ratio, type Summary, summarise } from './summary.ts'

const COLUMNS = [
  'contender',
  'records/s',
  'slowest–fastest',
  'CPU µs',
  'broker µs',
  'peak RSS',
  'lost',
  'twice',
  'out of order',
  'differing',
]

/** What was run. `rival` is whom the ratios are taken against. */
export interface Report {
  readonly load: Load
  readonly rounds: number
  readonly rival: string
  readonly results: readonly Result[]
}

/** Aligned columns. */
export function table(report: Report): string {
  const rows = [header(report), ...rowsOf(report)]
  const widths = header(report).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return `${rows.map(line).join('\n')}\n`
}

/** One line for machines. */
export function json({ load, rounds, rival, results }: Report): string {
  const contenders = summarise(results).map((summary) => ({
    ...summary,
    ratio: ratio(results, summary.contender, rival),
  }))
  return JSON.stringify({ bench: 'small trades', ...load, rounds, rival, cores: cpus().length, contenders })
}

/** The page. */
export function page(report: Report): string {
  const { load, rounds } = report
  const markdown = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  const head = header(report)
  const table = [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rowsOf(report)].map(markdown).join('\n')
  const warm = load.warmUp > 0 ? ` after ${thousands(load.warmUp)} that are not timed` : ', from a cold start'
  return `# Performance

Written by \`npm run bench -- --write\` (${machine()}).

Each contender gets ${thousands(load.count)} trades of 85 bytes of JSON over ${load.urls} URLs${warm}, and writes them as Avro
to one partition under one key, acknowledged by all replicas. Contenders take turns, ${rounds} rounds, against the same Kafka
on the same machine as the flood of messages and the reader. The clock runs from the word to the flood until the topic's end
offset has reached the count. Afterwards every record is read back by a client and a decoder of its own, and checked.

${table}

The middle of the rounds is shown. *CPU µs* is what the contender's process used for each record, user and system, all
threads; *broker µs* is Kafka's share. *per-message* is ws, avsc and kafkajs with one \`send\` for each message.
The ratio is that of the same round to *${report.rival}*.
`
}

function header({ rival }: Report): string[] {
  return [...COLUMNS, `× ${rival}`]
}

function rowsOf({ results, rival }: Report): string[][] {
  return summarise(results).map((summary) => {
    const times = ratio(results, summary.contender, rival)
    return [...cells(summary), times === undefined ? '–' : times.toFixed(1)]
  })
}

function cells(summary: Summary): string[] {
  const { lost, duplicated, outOfOrder, different } = summary
  return [
    summary.contender,
    thousands(summary.recordsPerSecond),
    `${thousands(summary.slowest)}–${thousands(summary.fastest)}`,
    summary.cpuUs.toFixed(2),
    summary.brokerCpuUs.toFixed(2),
    `${Math.round(summary.peakRssBytes / 1024 ** 2)} MiB`,
    ...[lost, duplicated, outOfOrder, different].map(thousands),
  ]
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-GB')
}

function machine(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return `Tributary ${version}, Node ${process.versions.node}, Kafka ${KAFKA.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}`
}
