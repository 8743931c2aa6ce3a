/** Bar pictures as SVG, readable on light and dark pages. */

/** One bar: its name, its length and the figure written behind it. `strong`: ours. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly text: string
  readonly strong: boolean
}

/** Bars of one unit, on a scale of their own. */
export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const MARGIN = 16
const ROW = 22
const BAR = 14
const TITLE = 30
const CHARACTER = 7
const TEXT_ROOM = 90
const STYLE = `text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.bar{fill:#8c959f}.strong{fill:#0969da}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.strong{fill:#58a6ff}}`

/** The panels below each other. `title` is for those who do not see the picture. */
export function barPicture(title: string, panels: readonly Panel[]): string {
  const labels = panels.flatMap(({ bars }) => bars.map(({ label }) => label.length))
  const left = MARGIN + Math.max(0, ...labels) * CHARACTER + 8
  const drawn: string[] = []
  let top = MARGIN
  for (const panel of panels) {
    drawn.push(drawPanel(panel, left, top))
    top += TITLE + panel.bars.length * ROW + MARGIN / 2
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" role="img">`
  return `${head}\n<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n${drawn.join('\n')}\n</svg>\n`
}

function drawPanel({ title, bars }: Panel, left: number, top: number): string {
  const longest = Math.max(...bars.map(({ value }) => finite(value)), Number.MIN_VALUE)
  const room = Math.max(1, WIDTH - left - TEXT_ROOM - MARGIN)
  const rows = bars.map(({ label, value, text, strong }, at) => {
    const y = top + TITLE + at * ROW
    const width = Math.max(1, (finite(value) / longest) * room)
    const middle = y + BAR / 2 + 4
    return [
      `<text x="${left - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="bar${strong ? ' strong' : ''}" x="${left}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text x="${(left + width + 6).toFixed(1)}" y="${middle}">${escaped(text)}</text>`,
    ].join('')
  })
  return [`<text class="title" x="${MARGIN}" y="${top + 14}">${escaped(title)}</text>`, ...rows].join('\n')
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

/** Text as it may stand in XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
