/** What a check finds, and how it is written. */

/** One thing that was looked at. `detail` and `cure` hold no secrets. */
export interface Finding {
  /** What it is about: a topic, a subject, a URL. */
  readonly label: string
  /** `note`: works, but is worth a look. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  readonly detail: string
  /** What to do about it. */
  readonly cure?: string | undefined
}

/** Findings that belong together, in the order in which they are shown. */
export interface Group {
  readonly title: string
  readonly findings: Promise<readonly Finding[]>
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
