/** A section as a picture: what is to be large above, what is to be small below. */
import { PER_MESSAGE, PYTHON } from './contenders.ts'
import { loadParts } from './load.ts'
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
  const all = entries.flatMap(({ load, results }) => summarise(results).map((summary) => ({ summary, load })))
  const labels = whatDiffers(all.map(({ summary, load }) => [summary.contender, ...loadParts(load)]))
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

/** Each text without the words that all have; the first word where nothing is left. */
export function whatDiffers(texts: readonly (readonly string[])[]): string[] {
  return texts.map((words) => {
    const own = words.filter((word) => !texts.every((other) => other.includes(word)))
    return own.length > 0 ? own.join(', ') : (words[0] ?? '')
  })
}
