/** Where the picture goes: redrawn in place on a terminal, a block every few seconds elsewhere. */
import { frame, type Picture, painter } from './frame.ts'

/** A place for pictures. */
export interface Screen {
  /** Milliseconds between two pictures. */
  readonly everyMs: number
  show(picture: Picture): void
  /** Leaves the last picture where it is; what follows is written below it. */
  end(): void
}

const PLAIN_WIDTH = 100

/** The screen that suits `stream`. */
export function openScreen(stream: NodeJS.WriteStream = process.stdout): Screen {
  return stream.isTTY ? terminal(stream) : plain(stream)
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_ALL = '\u001b[2J\u001b[H'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

function terminal(stream: NodeJS.WriteStream): Screen {
  const paint = painter(stream)
  let drawn = 0
  let latest: Picture | undefined
  const draw = (prefix: string): void => {
    if (!latest) return
    // One column stays free: terminals differ in what they do at the last one.
    const lines = frame(latest, (stream.columns || 80) - 1, paint).slice(0, Math.max(1, (stream.rows || 24) - 1))
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : ''
    drawn = lines.length
    stream.write(`${prefix || up}${lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}`)
  }
  // Lines that were wrapped anew have moved what is above them, so all is drawn anew.
  const resized = (): void => draw(CLEAR_ALL)
  const showCursor = (): void => void stream.write(SHOW_CURSOR)
  stream.write(HIDE_CURSOR)
  stream.on('resize', resized)
  process.once('exit', showCursor)
  return {
    everyMs: 1_000,
    show(picture) {
      latest = picture
      draw('')
    },
    end() {
      stream.off('resize', resized)
      process.off('exit', showCursor)
      showCursor()
    },
  }
}

function plain(stream: NodeJS.WriteStream): Screen {
  let tipsShown = false
  return {
    everyMs: 5_000,
    show(picture) {
      const lines = frame(tipsShown ? { ...picture, tips: [] } : picture, PLAIN_WIDTH, (_, text) => text)
      tipsShown = true
      stream.write(`${lines.join('\n')}\n\n`)
    },
    end() {},
  }
}
