/** A section as rows of text, for the terminal and for the page. */
import { loadText } from './load.ts'
import type { EntryReport, SectionReport } from './report.ts'
import { ratio, type Summary, summarise } from './summary.ts'

/** The columns' names, then a row for each contender and load. The first `words` columns are words, the rest numbers. */
export interface Rows {
  readonly words: number
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

interface Column {
  readonly name: string
  text(summary: Summary, entry: EntryReport): string
}

const SPEED: readonly Column[] = [
  { name: 'records/s', text: ({ recordsPerSecond }) => thousands(recordsPerSecond) },
  { name: 'slowest–fastest', text: ({ slowest, fastest }) => `${thousands(slowest)}–${thousands(fastest)}` },
]
const LATENCY: readonly Column[] = [
  { name: 'p50 ms', text: ({ latency }) => latency?.p50.toFixed(1) ?? '–' },
  { name: 'p99 ms', text: ({ latency }) => latency?.p99.toFixed(1) ?? '–' },
  { name: 'longest ms', text: ({ latency }) => latency?.max.toFixed(0) ?? '–' },
]
const OVERLOAD: readonly Column[] = [
  { name: 'loop p99 ms', text: ({ overload }) => overload?.loopP99Ms.toFixed(0) ?? '–' },
  { name: 'healthz p99 ms', text: ({ overload }) => overload?.healthP99Ms.toFixed(0) ?? '–' },
  { name: 'RSS, 2nd half ÷ 1st', text: ({ overload }) => overload?.rssGrowth.toFixed(2) ?? '–' },
]
const USE: readonly Column[] = [
  { name: 'CPU µs', text: ({ cpuUs }) => cpuUs.toFixed(2) },
  { name: 'broker µs', text: ({ brokerCpuUs }) => brokerCpuUs.toFixed(2) },
  { name: 'peak RSS', text: ({ peakRssBytes }) => `${Math.round(peakRssBytes / 1024 ** 2)} MiB` },
]
const STORED: readonly Column[] = [{ name: 'stored bytes', text: ({ storedBytes }) => storedBytes.toFixed(0) }]
const FAULTS: readonly Column[] = [
  { name: 'lost', text: ({ lost }) => thousands(lost) },
  { name: 'twice', text: ({ duplicated }) => thousands(duplicated) },
  { name: 'out of order', text: ({ outOfOrder }) => thousands(outOfOrder) },
  { name: 'differing', text: ({ different }) => thousands(different) },
]

/** The rows of a section; the load is a column where it holds several. */
export function rowsOf({ entries }: SectionReport): Rows {
  const several = entries.length > 1
  const paced = entries.some(({ load }) => load.rate !== undefined)
  const watched = entries.some(({ load }) => load.watched)
  const compressed = entries.some(({ contenders }) => contenders.some((name) => name.includes('KAFKA_COMPRESSION')))
  const columns = [
    ...(paced ? LATENCY : SPEED),
    ...USE,
    ...(watched ? OVERLOAD : []),
    ...(compressed ? STORED : []),
    ...FAULTS,
    ...(paced ? [] : ratioColumn(entries)),
  ]
  const rows = entries.flatMap((entry) =>
    summarise(entry.results).map((summary) => [
      summary.contender,
      ...(several ? [loadText(entry.load)] : []),
      ...columns.map(({ text }) => text(summary, entry)),
    ]),
  )
  const words = several ? ['contender', 'load'] : ['contender']
  return { words: words.length, header: [...words, ...columns.map(({ name }) => name)], rows }
}

function ratioColumn(entries: readonly EntryReport[]): Column[] {
  const rivals = new Set(entries.flatMap(({ contenders }) => (contenders.length > 1 ? (contenders.at(-1) ?? []) : [])))
  return [...rivals].map((rival) => ({
    name: `× ${rival}`,
    text: ({ contender }, { results }) => times(ratio(results, contender, rival)),
  }))
}

function times(value: number | undefined): string {
  return value?.toFixed(value < 2 ? 2 : 1) ?? '–'
}

/** Aligned columns for the terminal. */
export function terminalTable({ words, header, rows }: Rows): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number): string =>
    column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return `${all.map((row) => row.map(pad).join('  ')).join('\n')}\n`
}

/** The same in Markdown. */
export function markdownTable({ words, header, rows }: Rows): string {
  const rule = header.map((_, column) => (column < words ? '---' : '---:'))
  return [header, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** A whole number with commas. */
export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-GB')
}
