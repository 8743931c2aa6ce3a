/** docs/faults.md: a line for each row and client, by the last run of it. */
import { readFileSync } from 'node:fs'
import { KAFKA, REGISTRY } from '../../scripts/stack/cache.ts'
import type { SuiteOptions } from './options.ts'
import { unrun } from './report.ts'
import type { Verdict } from './run-row.ts'

/** The page `before` with the lines of `verdicts` in the place of those of the same rows and clients. */
export function page(before: string, verdicts: readonly Verdict[], options: SuiteOptions): string {
  const lines = linesIn(before)
  for (const verdict of verdicts) lines.set(keyOf(verdict), lineOf(verdict, options))
  const table = [...lines].sort(([a], [b]) => a.localeCompare(b)).map(([, line]) => line)
  const failed = table.filter((line) => line.includes('| failed: ')).length
  const version = versionOf('package.json')
  const clients = ['@platformatic/kafka', 'kafkajs'].map(
    (name) => `${name} ${versionOf(`node_modules/${name}/package.json`)}`,
  )
  return `# Faults

Written by \`npm run test:faults -- --report docs/faults.md\` with tributary ${version}, Node ${process.versions.node}, Apache Kafka ${KAFKA.version},
Apicurio Registry ${REGISTRY.version}, ${clients.join(' and ')}. Each line shows the last run of its row. At scale 1 durations are
those of the title.

A row causes one fault to a daemon between real upstreams, a real Kafka and a real registry, beside a control feed. Every row
checks these invariants, as far as they apply: I1 both sums of the ledger balance; I2 each message written to an open socket is in a
topic, a dead letter, a counted drop or a gap record; I3 no more duplicates than retries can cause; I4 the order of each source
per partition; I5 each record has the content that was sent, by hash and by Apache Avro for Java; I6 memory, file descriptors and the event
loop are bounded; I7 recovery without a restart; I8 the control feed keeps nine tenths of its rate; I9 the fault is named within
ten seconds; I10 no secret leaves; I11 the exit code.

| row | fault | client | held | result | run |
| --- | --- | --- | --- | --- | --- |
${table.join('\n')}

${table.length - failed} passed, ${failed} failed.
`
}

/** Sorts as the rows do. */
function keyOf({ row, options }: Verdict): string {
  return `${String(row.number).padStart(3, '0')} ${options.client}`
}

function linesIn(page: string): Map<string, string> {
  const found = page.matchAll(/^\| (\d+) \|[^\n]*?\| (platformatic|kafkajs) \|[^\n]*$/gm)
  return new Map([...found].map(([line, row = '', client = '']) => [`${row.padStart(3, '0')} ${client}`, line]))
}

function lineOf({ row, options, passed, findings }: Verdict, { scale, seed }: SuiteOptions): string {
  const held = [...new Set(findings.map(({ id }) => id))].filter((id) => id !== 'row' && id !== 'run')
  const bad = findings.filter(({ id, ok }) => !ok && !row.expect?.without?.[id])
  const result = passed
    ? `passed${unrun(findings)}`
    : `failed: ${bad.map(({ id, detail }) => `${id} ${detail}`).join('; ')}`
  const run = `${new Date().toISOString().slice(0, 10)}, scale ${scale}, seed ${seed}`
  const cells = [row.number, row.title, options.client, held.join(' '), result, run]
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

function versionOf(path: string): string {
  const url = new URL(`../../${path}`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version
}
