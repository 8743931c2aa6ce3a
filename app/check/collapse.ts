/** One cause, said once. */
import type { Finding } from './finding.ts'

/** The findings; or, when there are several and all are wrong for the same reason, one that speaks for all. */
export function collapsed(findings: readonly Finding[], label: string): readonly Finding[] {
  const [first, ...others] = findings
  if (!first || others.length === 0 || first.verdict !== 'wrong') return findings
  const same = others.every(({ verdict, detail }) => verdict === 'wrong' && detail === first.detail)
  return same ? [{ ...first, label }] : findings
}
