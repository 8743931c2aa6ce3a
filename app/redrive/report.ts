/** The report at the end of a redrive. */

import type { LetterScan } from './scan.ts'
import { tableLines } from './table.ts'

/** `undelivered`: at least one document found was not sent, or would not be. */
export type RedriveOutcome = 'ok' | 'undelivered' | 'unavailable'

/** Lines without line ends. `places` names the topics. */
export function reportLines(scan: LetterScan, places: string, go: boolean): string[] {
  const { summary } = scan
  if (summary.found === 0) return [nothing(scan, places), ...onward(scan, go)]
  return [
    ...(go ? [] : [`A dry run over ${places}: nothing is sent.`]),
    ...tableLines(summary.rows, go),
    go ? done(scan, places) : `${recordCount(summary.sent)} would be sent of ${summary.found}. Send with --go.`,
    ...onward(scan, go),
  ]
}

function done({ summary }: LetterScan, places: string): string {
  const { sent, notSent, found } = summary
  const rest = notSent > 0 ? ` What was not stays in ${places}, and was not written there again.` : ''
  return `${recordCount(sent)} sent of ${found}.${rest}`
}

function nothing({ read, passedOver, left }: LetterScan, places: string): string {
  if (left === 'stopped') return 'It was stopped before it found any.'
  const others = [...passedOver].map(([what, count]) => `${what} ${count}`).join(', ')
  if (others) return `No dead letter in ${places} is of this --feed and --reason; there are: ${others}.`
  return read > 0 ? `No dead letter in ${places} is of these times.` : `There is no dead letter in ${places}.`
}

/** Says where the next run begins, and what the same run would do. */
function onward({ left, resume, summary }: LetterScan, go: boolean): string[] {
  if (summary.unsent > 0)
    return ['For those not sent, run it again with the same options; what was sent would come twice.']
  const again = go && summary.sent > 0 ? ['Running it again would send them again.'] : []
  if (resume === undefined) return again
  const what = { none: 'What came later', limit: 'There are more; the rest', stopped: 'It was stopped; the rest' }
  return [...again, `${what[left ?? 'none']} begins at --since ${new Date(resume).toISOString()}`]
}

function recordCount(records: number): string {
  return `${records} record${records === 1 ? '' : 's'}`
}
