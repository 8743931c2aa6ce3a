/** What the suite prints, and the page it writes. */
import { readFileSync } from 'node:fs'
import { KAFKA, REGISTRY } from '../../scripts/stack/cache.ts'
import type { SuiteOptions } from './options.ts'
import type { Finding } from './row.ts'
import type { Verdict } from './run-row.ts'

/** One line, as soon as a row is over. */
export function lineOf({ row, options, passed, seconds, findings }: Verdict): string {
  const bad = [...new Set(findings.filter(({ ok }) => !ok).map(({ id }) => id))]
  const how = passed ? 'passed' : `FAILED (${bad.join(', ') || 'nothing was found'})`
  return `row ${row.number}, ${options.client}: ${how} in ${Math.round(seconds)} s${unrun(findings)}\n`
}

/** What this machine could not do, in words. */
function unrun(findings: readonly Finding[]): string {
  return findings
    .filter(({ notRun }) => notRun)
    .map(({ detail }) => `; ${detail}`)
    .join('')
}

/** A line per finding. */
export function linesOf({ row, findings }: Verdict): string {
  return findings
    .map((finding) => `  ${mark(finding, row.expect?.without ?? {})} ${finding.id.padEnd(3)} ${finding.detail}\n`)
    .join('')
}

function mark({ id, ok }: Finding, excused: Readonly<Record<string, string>>): string {
  return ok ? '+' : excused[id] ? '~' : '-'
}

/** A line per row and client. */
export function table(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(({ row, options, passed, seconds, findings }) => {
      const time = `${Math.round(seconds)} s`.padStart(6)
      return `${passed ? 'ok  ' : 'FAIL'} ${String(row.number).padStart(3)}  ${options.client.padEnd(12)} ${time}  ${row.title}${unrun(findings)}\n`
    })
    .join('')
}

/** docs/faults.md. */
export function page(verdicts: readonly Verdict[], { scale, seed }: SuiteOptions): string {
  const versionOf = (path: string): string => {
    const url = new URL(`../../${path}`, import.meta.url)
    return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version
  }
  const client = (name: string): string => `${name} ${versionOf(`node_modules/${name}/package.json`)}`
  const lines = verdicts.map(({ row, options, passed, findings }) => {
    const held = [...new Set(findings.map(({ id }) => id))].filter((id) => id !== 'row' && id !== 'run')
    const bad = findings.filter(({ id, ok }) => !ok && !row.expect?.without?.[id])
    const result = passed
      ? `passed${unrun(findings)}`
      : `failed: ${bad.map(({ id, detail }) => `${id} ${detail}`).join('; ')}`
    return `| ${row.number} | ${row.title} | ${options.client} | ${held.join(' ')} | ${result.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`
  })
  return `# Faults

Written by the last full run of \`npm run test:faults -- --report docs/faults.md\`: ${new Date().toISOString().slice(0, 10)}, tributary ${versionOf('package.json')},
Node ${process.versions.node}, Apache Kafka ${KAFKA.version}, Apicurio Registry ${REGISTRY.version}, ${client('@platformatic/kafka')}, ${client('kafkajs')}; seed ${seed}, durations × ${scale}.

A row causes one fault to a daemon between real upstreams, a real Kafka and a real registry, beside a control feed. Every row
holds these invariants, as far as they apply: I1 both sums of the ledger balance; I2 each message written to an open socket is in a
topic, a dead letter, a counted drop or a gap record; I3 no more duplicates than retries can cause; I4 the order of each source
per partition; I5 each record says what was sent, by hash and by Apache Avro for Java; I6 memory, file descriptors and the event
loop are bounded; I7 recovery without a restart; I8 the control feed keeps nine tenths of its rate; I9 the fault is named within
ten seconds; I10 no secret leaves; I11 the exit code.

| row | fault | client | held | result |
| --- | --- | --- | --- | --- |
${lines.join('\n')}

${verdicts.filter(({ passed }) => passed).length} passed, ${verdicts.filter(({ passed }) => !passed).length} failed.
`
}
