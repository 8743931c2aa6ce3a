/** Findings of a check, and their text form. */
import type { Problem } from '../errors.ts'

/** The result of one check. `detail` and `cure` hold no secrets. */
export interface Finding {
  /** A topic, a subject or a URL. */
  readonly label: string
  /** `note`: works, but deserves attention. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  /** Whether the configuration is wrong, or a service unavailable (the default). */
  readonly fault?: 'configuration' | 'unavailable'
  readonly detail: string
  /** What to do about it. */
  readonly cure?: string | undefined
  /** The variable to look at, as the operator gave it. */
  readonly setting?: string | undefined
}

/** Related findings, in display order. */
export interface FindingGroup {
  readonly title: string
  readonly findings: Promise<readonly Finding[]>
}

/** A problem of the configuration. */
export function misconfigured({ setting, text, cure }: Problem, label = ''): Finding {
  return { label, verdict: 'wrong', fault: 'configuration', detail: text, cure, setting }
}

/** Longer labels do not widen the column. */
const MAX_LABEL = 44

/** The lines of a group, labels and details aligned. */
export function groupLines(title: string, findings: readonly Finding[]): string[] {
  const width = Math.min(MAX_LABEL, Math.max(0, ...findings.map(({ label }) => label.length)))
  return [title, ...findings.flatMap((finding) => lines(finding, width)), '']
}

function lines({ label, verdict, detail, cure }: Finding, width: number): string[] {
  const about = width > 0 ? `${label.padEnd(width)}  ` : ''
  const first = `  ${verdict.padEnd(5)}  ${about}${detail}`
  return cure === undefined ? [first] : [first, `         → ${cure}`]
}
