/** What a check finds, and how it is written. */
import type { Problem } from '../errors.ts'

/** One thing that was looked at. `detail` and `cure` hold no secrets. */
export interface Finding {
  /** What it is about: a topic, a subject, a URL. */
  readonly label: string
  /** `note`: works, but is worth a look. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  /** What is wrong: the configuration, or something that it reaches. The latter where it does not say. */
  readonly fault?: 'configuration' | 'unavailable'
  readonly detail: string
  /** What to do about it. */
  readonly cure?: string | undefined
  /** The variable to look at, as the operator gave it. */
  readonly setting?: string | undefined
}

/** Findings that belong together, in the order in which they are shown. */
export interface FindingGroup {
  readonly title: string
  readonly findings: Promise<readonly Finding[]>
}

/** A problem of the configuration. */
export function misconfigured({ setting, text, cure }: Problem, label = ''): Finding {
  return { label, verdict: 'wrong', fault: 'configuration', detail: text, cure, setting }
}

/** A label longer than this pushes its own line only. */
const MAX_LABEL = 44

/** The lines of a group whose findings are known, labels and details aligned. */
export function groupLines(title: string, findings: readonly Finding[]): string[] {
  const width = Math.min(MAX_LABEL, Math.max(0, ...findings.map(({ label }) => label.length)))
  return [title, ...findings.flatMap((finding) => lines(finding, width)), '']
}

function lines({ label, verdict, detail, cure }: Finding, width: number): string[] {
  const about = width > 0 ? `${label.padEnd(width)}  ` : ''
  const first = `  ${verdict.padEnd(5)}  ${about}${detail}`
  return cure === undefined ? [first] : [first, `         → ${cure}`]
}
