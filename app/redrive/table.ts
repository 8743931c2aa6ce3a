/** What `tributary redrive` shows: one line per feed and reason, columns without a number left out. */
import { type Row, type Tally, total } from './tally.ts'

type Column = readonly [title: string, of: (row: Row) => number]

/** Lines without their ends: a table, then what was said of documents that fail again. `go`: they were sent, not only tried. */
export function tableLines({ rows, isWhole }: Pick<Tally, 'rows' | 'isWhole'>, go: boolean): string[] {
  const always = 2
  const columns = columnsOf(go, isWhole).filter(([, of], index) => index < always || rows.some((row) => of(row) > 0))
  const cells = [
    ['feed', 'reason', ...columns.map(([title]) => title)],
    ...rows.map((row) => [row.feed || '?', row.reason || '?', ...columns.map(([, of]) => String(of(row)))]),
  ]
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)))
  const names = 2
  const lines = cells.map((line) =>
    line.map((cell, at) => (at < names ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  )
  return [...lines, ...rows.flatMap((row) => failures(row, go))]
}

function columnsOf(go: boolean, isWhole: boolean): Column[] {
  return [
    [isWhole ? 'messages' : 'found', ({ found }) => found],
    [go ? 'sent' : 'would be sent', ({ ledger }) => ledger.produced],
    [go ? 'failed again' : 'would fail again', ({ ledger }) => total(ledger.refused)],
    ['mapped to nothing', ({ ledger }) => ledger.ignored],
    ['truncated', ({ flaws }) => flaws.get('truncated') ?? 0],
    ['damaged', ({ flaws }) => flaws.get('damaged') ?? 0],
    ['not a dead letter', ({ flaws }) => flaws.get('foreign') ?? 0],
    ['feed not configured', ({ unconfigured }) => unconfigured],
    ['numbered by other steps', ({ reshaped }) => reshaped],
    ['not in the message', ({ absent }) => absent],
    ['not sent', ({ unsent, ledger }) => unsent + ledger.inFlight],
  ]
}

function failures({ feed, reason, ledger, details }: Row, go: boolean): string[] {
  return [...ledger.refused].map(
    ([again, count]) =>
      `  ${feed}, ${reason}: ${count} ${go ? 'failed' : 'would fail'} again, ${again}: ${details.get(again) ?? ''}`,
  )
}
