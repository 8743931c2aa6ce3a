/** What is said at the end of a redrive. */
import { tableLines } from './table.ts'
import type { Tally } from './tally.ts'
import type { Walk } from './walk.ts'

/** How it ended: `undelivered` when anything was found that was not sent, or would not be. */
export type Outcome = 'ok' | 'undelivered' | 'unavailable'

/** Lines without their ends. `places` names the topics. */
export function reportLines(walk: Walk, places: string, go: boolean): string[] {
  const { tally } = walk
  if (tally.found === 0) return [nothing(walk, places), ...onward(walk, go)]
  return [
    ...(go ? [] : [`A dry run over ${places}: nothing is sent.`]),
    ...tableLines(tally, go),
    go ? done(walk, places) : `${counted(tally.sent)} would be sent of ${found(tally)}. Send with --go.`,
    ...onward(walk, go),
  ]
}

function done({ tally }: Walk, places: string): string {
  const { sent, notSent } = tally
  const rest = notSent > 0 ? ` What was not stays in ${places}, and was not written there again.` : ''
  return `${counted(sent)} sent of ${found(tally)}.${rest}`
}

/** What the records are of: documents, each of which may make several records, or messages. */
function found({ isWhole, found: count }: Tally): string {
  return isWhole ? `${count} whole message${count === 1 ? '' : 's'}` : `${count}`
}

function nothing({ read, passedOver, left }: Walk, places: string): string {
  if (left === 'stopped') return 'It was stopped before it found any.'
  const others = [...passedOver].map(([what, count]) => `${what} ${count}`).join(', ')
  if (others) return `No dead letter in ${places} is of this --feed and --reason; there are: ${others}.`
  return read > 0 ? `No dead letter in ${places} is of these times.` : `There is no dead letter in ${places}.`
}

/** Where a next run begins, and what the same run would do. */
function onward({ left, resume, tally }: Walk, go: boolean): string[] {
  if (tally.unsent > 0)
    return ['For those not sent, run it again with the same options; what was sent would come twice.']
  const again = go && tally.sent > 0 ? ['Running it again would send them again.'] : []
  if (resume === undefined) return again
  const what = { none: 'What came later', limit: 'There are more; the rest', stopped: 'It was stopped; the rest' }
  return [...again, `${what[left ?? 'none']} begins at --since ${new Date(resume).toISOString()}`]
}

function counted(records: number): string {
  return `${records} record${records === 1 ? '' : 's'}`
}
