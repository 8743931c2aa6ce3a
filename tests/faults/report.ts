/** What the suite prints. */
import type { Finding } from './row.ts'
import type { Verdict } from './run-row.ts'

/** One line, as soon as a row is over. */
export function lineOf({ row, options, passed, seconds, findings }: Verdict): string {
  const bad = [...new Set(findings.filter(({ ok }) => !ok).map(({ id }) => id))]
  const how = passed ? 'passed' : `FAILED (${bad.join(', ') || 'nothing was found'})`
  return `row ${row.number}, ${options.client}: ${how} in ${Math.round(seconds)} s${unrun(findings)}\n`
}

/** What this machine could not do, in words. */
export function unrun(findings: readonly Finding[]): string {
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
