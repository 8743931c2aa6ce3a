/** The table of `tributary redrive`: one line per feed and reason; empty columns are left out. */
import { type Row, total } from './summary.ts'

type Column = readonly [title: string, of: (row: Row) => number]

/** Lines without line ends: the table, then details of documents that fail again. `go`: false for a dry run. */
export function tableLines(rows: readonly Row[], go: boolean): string[] {
  const always = 2
  const columns = columnsOf(go).filter(([, of], index) => index < always || rows.some((row) => of(row) > 0))
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

function columnsOf(go: boolean): Column[] {
  return [
    ['found', ({ found }) => found],
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
