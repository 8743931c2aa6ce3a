/** Progress for a person who waits: one line that is rewritten on a terminal, a line now and then elsewhere. */

const QUIET_MS = 5_000

/** One piece of work in progress. After `done` or `clear` nothing more is written. */
export interface Progress {
  /** Shows `detail` behind the label. Cheap: may be called for every byte. */
  update(detail: string): void
  /** Ends the line with the outcome and the seconds it took. */
  done(outcome: string): void
  /** Ends without an outcome, for work that failed: whoever catches says why. */
  clear(): void
}

/** Starts showing `label` on `stream`. */
export function progress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = Date.now()
  let saidAt = startedAt
  const fits = (text: string): string => text.slice(0, Math.max(20, (stream.columns ?? 120) - 1))
  const write = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\u001b[K${fits(text)}`)
    else stream.write(`${text}\n`)
  }
  write(`${label} …`)
  return {
    update(detail) {
      const now = Date.now()
      if (now - saidAt < (stream.isTTY ? 100 : QUIET_MS)) return
      saidAt = now
      write(`${label} … ${detail} (${seconds(now - startedAt)})`)
    },
    done(outcome) {
      write(`${label}: ${outcome} (${seconds(Date.now() - startedAt)})`)
      if (stream.isTTY) stream.write('\n')
    },
    clear() {
      if (stream.isTTY) stream.write('\n')
    },
  }
}

/** Milliseconds as a person says them. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
