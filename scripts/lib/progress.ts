/** Progress for a person who waits: on a terminal a line for each thing that goes on, drawn anew; elsewhere a line now and then. */

const REDRAW_MS = 1_000
/** Elsewhere than on a terminal. */
const AGAIN_MS = 10_000

/** One piece of work in progress. After `done` or `clear` nothing more is written. */
export interface Progress {
  /** Shows `detail` behind the label. Cheap: may be called for every byte. */
  update(detail: string): void
  /** Ends with a line of the outcome and the seconds it took. */
  done(outcome: string): void
  /** Ends without an outcome, for work that failed: whoever catches says why. */
  clear(): void
}

interface Item {
  readonly label: string
  readonly startedAt: number
  detail: string
}

const boards = new WeakMap<NodeJS.WriteStream, Board>()

/** Starts showing `label` on `stream`; after `patienceMs` only, so that what is quick is not shown at all. */
export function progress(
  label: string,
  { stream = process.stderr, patienceMs = 0 }: { stream?: NodeJS.WriteStream; patienceMs?: number } = {},
): Progress {
  const board = boardOf(stream)
  const item: Item = { label, startedAt: Date.now(), detail: '' }
  const timer = patienceMs > 0 ? setTimeout(() => board.add(item), patienceMs) : board.add(item)
  const end = (line?: string): void => {
    clearTimeout(timer)
    board.end(item, line)
  }
  return {
    update(detail) {
      item.detail = detail
    },
    done: (outcome) => end(`${label}: ${outcome} (${seconds(Date.now() - item.startedAt)})`),
    clear: () => end(),
  }
}

/** Writes a line without disturbing what is in progress on `stream`. */
export function note(line: string, stream: NodeJS.WriteStream = process.stderr): void {
  boardOf(stream).write(line)
}

function boardOf(stream: NodeJS.WriteStream): Board {
  const board = boards.get(stream) ?? new Board(stream)
  boards.set(stream, board)
  return board
}

/** What is in progress on one stream. */
class Board {
  readonly #stream: NodeJS.WriteStream
  readonly #items = new Set<Item>()
  #drawn = 0
  #ticker: NodeJS.Timeout | undefined

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  add(item: Item): undefined {
    this.#items.add(item)
    if (this.#stream.isTTY) this.#draw()
    else this.#stream.write(`${item.label} …\n`)
    this.#ticker ??= setInterval(() => this.#tick(), this.#stream.isTTY ? REDRAW_MS : AGAIN_MS).unref()
  }

  /** Items that were never added leave nothing behind. */
  end(item: Item, line: string | undefined): void {
    if (!this.#items.delete(item)) return
    if (this.#items.size === 0) {
      clearInterval(this.#ticker)
      this.#ticker = undefined
    }
    this.write(line)
  }

  write(line?: string): void {
    if (this.#stream.isTTY) this.#draw(line)
    else if (line !== undefined) this.#stream.write(`${line}\n`)
  }

  #tick(): void {
    if (this.#stream.isTTY) return this.#draw()
    for (const item of this.#items) this.#stream.write(`  ${textOf(item)}\n`)
  }

  /** `line` stays, above all that goes on. */
  #draw(line?: string): void {
    const width = (this.#stream.columns || 80) - 1
    const lines = [...this.#items].map((item) => textOf(item).slice(0, width))
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    this.#drawn = lines.length
    this.#stream.write(
      `${up}\r\u001b[J${[...(line === undefined ? [] : [line]), ...lines].map((one) => `${one}\n`).join('')}`,
    )
  }
}

function textOf({ label, detail, startedAt }: Item): string {
  const elapsed = Date.now() - startedAt
  return `${label} …${detail && ` ${detail}`}${elapsed < REDRAW_MS ? '' : ` (${Math.round(elapsed / 1_000)} s)`}`
}

/** Milliseconds as a person says them. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
