/** Prints the findings of a check, and sets its exit code. */
import { exitCodes } from '../exit-codes.ts'
import { sleep } from '../lib/sleep.ts'
import { type Finding, type FindingGroup, groupLines } from './finding.ts'

export type Print = (line: string) => void
type Hide = (text: string) => string

/** A finding and the title of its group. */
export interface GroupedFinding extends Finding {
  readonly group: string
}

/** Until then, in milliseconds, groups wait to be printed in order; later ones are printed on arrival. */
const IN_ORDER_MS = 1_500

/** Prints each group when complete, secrets removed by `hide`. Resolves to all findings. */
export async function showGroups(groups: readonly FindingGroup[], hide: Hide, print: Print): Promise<GroupedFinding[]> {
  const found: GroupedFinding[] = []
  const shown = new Set<FindingGroup>()
  const known = new Map<FindingGroup, readonly Finding[]>()
  const coming = groups.map(async (group) => void known.set(group, await group.findings))
  const showKnown = (): void => {
    for (const group of groups) {
      const findings = known.get(group)
      if (!findings || shown.has(group)) continue
      shown.add(group)
      const safe = findings.map((finding) => ({ ...findingWithoutSecrets(finding, hide), group: hide(group.title) }))
      found.push(...safe)
      for (const line of groupLines(hide(group.title), safe)) print(line)
    }
  }
  const early = new AbortController()
  const all = Promise.all(coming).finally(() => early.abort())
  await Promise.race([all, sleep(IN_ORDER_MS, early.signal)])
  showKnown()
  await Promise.all(coming.map((one) => one.then(showKnown)))
  return found
}

function findingWithoutSecrets(finding: Finding, hide: Hide): Finding {
  const { label, detail, cure } = finding
  return { ...finding, label: hide(label), detail: hide(detail), cure: cure === undefined ? undefined : hide(cure) }
}

/** Returns 78 if the configuration is wrong, whatever else is: a retry would not help. */
export function exitCodeOf(found: readonly Finding[]): number {
  const wrong = found.filter(({ verdict }) => verdict === 'wrong')
  if (wrong.some(({ fault }) => fault === 'configuration')) return exitCodes.configuration
  return wrong.length > 0 ? exitCodes.unavailable : exitCodes.ok
}

/** One JSON object on one line; fields that do not apply are null. */
export function jsonReport(found: readonly GroupedFinding[]): string {
  const findings = found.map(({ group, label, verdict: level, setting, detail, cure }) => ({
    level,
    group,
    about: label || null,
    setting: setting ?? null,
    problem: level === 'ok' ? null : detail,
    cure: cure ?? null,
    detail,
  }))
  const wrong = found.filter(({ verdict }) => verdict === 'wrong').length
  return JSON.stringify({ findings, wrong, exit_code: exitCodeOf(found) })
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
