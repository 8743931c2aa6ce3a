/** The picture: plain lines of text that fit a width. */
import { stripVTControlCharacters, styleText } from 'node:util'
import type { Row } from './window.ts'

/** Everything that is shown of the running demo. */
export interface Picture {
  readonly title: string
  readonly rows: readonly Row[]
  /** Feed and its newest record as JSON. */
  readonly records: readonly (readonly [feed: string, json: string])[]
  /** What the daemon said last. */
  readonly said: string
  readonly tips: readonly string[]
}

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

/** Colours where `stream` shows them (and NO_COLOR does not forbid it). */
export function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream })
}

const FEED_WIDTH = 13
const COLUMNS = ['sources', 'messages/s', 'records/s', 'p50', 'p99', 'held', 'refused'] as const
const WIDTHS = [7, 10, 9, 6, 6, 6, 7] as const
/** With a title, three feeds and their captions, all fits 80 columns and 24 rows. */
const CAPTIONS = [
  'p50, p99: from the socket to Kafka, for half and for 99 % of the messages',
  'held: in the lane, waiting for Kafka; refused: what does not fit its schema',
]
/** Of what the daemon said last. */
const SAID_LINES = 2

/** The lines of `picture`, none wider than `width`. */
export function frame(picture: Picture, width: number, paint: Paint): string[] {
  const heading = (text: string): string => paint('dim', text)
  const lines = [
    picture.title,
    '',
    ...table(picture.rows, paint),
    ...CAPTIONS.map(heading),
    '',
    heading('last record, read back from Kafka and decoded'),
    ...picture.records.map(([feed, json]) => `${feed.padEnd(FEED_WIDTH)}  ${cut(json, width - FEED_WIDTH - 2)}`),
  ]
  const said = wrapped(picture.said, width - FEED_WIDTH - 2)
  lines.push(...said.map((line, at) => `${heading((at === 0 ? 'daemon says' : '').padEnd(FEED_WIDTH))}  ${line}`))
  if (picture.tips.length > 0) lines.push('', ...picture.tips.map((tip) => paintTip(tip, paint)))
  return lines.map((line) => narrowed(line, width))
}

function table(rows: readonly Row[], paint: Paint): string[] {
  const head = COLUMNS.map((name, at) => name.padStart(WIDTHS[at] ?? 0)).join('  ')
  return [paint('dim', `${'feed'.padEnd(FEED_WIDTH)}  ${head}`), ...rows.map((row) => rowLine(row, paint))]
}

function rowLine(row: Row, paint: Paint): string {
  const warn = (isBad: boolean, text: string): string => (isBad ? paint('yellow', text) : text)
  const cells = [
    `${row.open}/${row.sources}`,
    count(row.messageRate),
    count(row.recordRate),
    duration(row.p50),
    duration(row.p99),
    brief(row.held),
    brief(row.refused),
  ].map((text, at) => text.padStart(WIDTHS[at] ?? 0))
  const bad = [row.open < row.sources, false, false, false, false, row.held > row.messageRate + 50, row.refused > 0]
  return [paint('bold', row.feed.padEnd(FEED_WIDTH)), ...cells.map((cell, at) => warn(bad[at] ?? false, cell))].join(
    '  ',
  )
}

/** Commands stand out: the comment behind one steps back, and so does a line that is none. */
function paintTip(tip: string, paint: Paint): string {
  if (!tip.startsWith(' ')) return paint('dim', tip)
  const [command = '', comment] = tip.split(/(?= # )/)
  return comment === undefined ? command : command + paint('dim', comment)
}

/** A whole number with separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** As `count`, in six characters at most: thousands and millions when it is large. */
export function brief(value: number): string {
  if (Math.round(value) < 100_000) return count(value)
  return value < 9_999_500 ? `${count(value / 1_000)}k` : `${count(value / 1_000_000)}M`
}

/** Milliseconds in the unit that reads best, in six characters at most; a dash for none. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return '–'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 9_999_500 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 3_600_000)} h`
}

/** Text on lines of at most `width` characters; what does not fit on the last is cut. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (let rest = text; rest !== ''; ) {
    const isLast = lines.length === SAID_LINES - 1
    const blank = rest.lastIndexOf(' ', width)
    const end = rest.length <= width || isLast ? rest.length : blank > 0 ? blank : width
    lines.push(cut(rest.slice(0, end), width))
    rest = rest.slice(end).trimStart()
  }
  return lines
}

/** Text of ours or of a record, on one line of at most `width` characters. */
export function cut(text: string, width: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
  return clean.length <= width ? clean : `${clean.slice(0, Math.max(0, width - 1))}…`
}

/** A line that is too wide loses its colours with its end. */
function narrowed(line: string, width: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length <= width ? line : cut(plain, width)
}
