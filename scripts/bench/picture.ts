/** A section as a picture: what is to be large above, what is to be small below. */
import { PER_MESSAGE, PYTHON } from './contenders.ts'
import { loadText } from './load.ts'
import type { SectionReport } from './report.ts'
import { thousands } from './rows.ts'
import { type Summary, summarise } from './summary.ts'
import { type Bar, barPicture, type Panel } from './svg.ts'

interface Scale {
  readonly title: string
  value(summary: Summary): number
  text(value: number): string
}

const SPEED: Scale = { title: 'records per second', value: ({ recordsPerSecond }) => recordsPerSecond, text: thousands }
const CPU: Scale = {
  title: 'CPU microseconds per record',
  value: ({ cpuUs }) => cpuUs,
  text: (value) => value.toFixed(value < 10 ? 2 : 1),
}
const TAIL: Scale = {
  title: 'message to append, p99 milliseconds',
  value: ({ latency }) => latency?.p99 ?? Number.NaN,
  text: (value) => (Number.isNaN(value) ? '–' : value.toFixed(1)),
}

/** SVG. */
export function picture({ title, entries }: SectionReport): string {
  const paced = entries.some(({ load }) => load.rate !== undefined)
  const all = entries.flatMap(({ load, results }) =>
    summarise(results).map((summary) => ({ summary, load: loadText(load) })),
  )
  const labels = all.map(({ summary, load }) =>
    entries.length > 1 ? `${summary.contender} · ${load}` : summary.contender,
  )
  const panel = ({ title, value, text }: Scale): Panel => ({
    title,
    bars: all.map(
      ({ summary }, at): Bar => ({
        label: labels[at] ?? '',
        value: value(summary),
        text: text(value(summary)),
        strong: !summary.contender.startsWith(PER_MESSAGE) && summary.contender !== PYTHON,
      }),
    ),
  })
  return barPicture(title, [paced ? TAIL : SPEED, CPU].map(panel))
}
