/** Merges findings with one cause. */
import type { Finding } from './finding.ts'

/** Returns one finding if all of several are wrong for the same reason; else all findings. */
export function collapsed(findings: readonly Finding[], label: string): readonly Finding[] {
  const [first, ...others] = findings
  if (!first || others.length === 0 || first.verdict !== 'wrong') return findings
  const same = others.every(({ verdict, detail }) => verdict === 'wrong' && detail === first.detail)
  return same ? [{ ...first, label }] : findings
}
