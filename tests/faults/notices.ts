/** I9: the daemon names the fault, in its log, its metrics or its pages, within ten seconds. */
import type { Daemon, LogLine } from '../support/daemon.ts'
import type { Samples } from '../support/daemon-metrics.ts'
import { until } from '../support/until.ts'
import type { Finding } from './row.ts'

/** Asked by a row right after it has caused its fault. Each adds a finding and resolves; none throws. */
export interface Notices {
  /** From here on only new log lines count. `runRow` says it before `inject`. */
  mark(): void
  /** A log line since the mark matches. Resolves to whether it came. */
  noticesInLog(text: RegExp, withinMs?: number): Promise<boolean>
  /** `what` says in words what `holds` looks for in a scrape. */
  noticesInMetrics(what: string, holds: (samples: Samples) => boolean, withinMs?: number): Promise<boolean>
  /** `/healthz` or `/readyz` answers with `status`. */
  noticesOn(page: '/healthz' | '/readyz', status: number, withinMs?: number): Promise<boolean>
}

const WITHIN_MS = 10_000

/** Looks at whichever daemon runs at the time. */
export function noticesOf(daemon: () => Daemon, findings: Finding[]): Notices {
  const notice = async (
    what: string,
    holds: () => boolean | Promise<boolean>,
    withinMs = WITHIN_MS,
  ): Promise<boolean> => {
    const since = performance.now()
    const condition = async (): Promise<boolean> => {
      // Between two daemons there is nobody to ask.
      try {
        return await holds()
      } catch {
        return false
      }
    }
    const ok = await until(condition, { what, timeoutMs: withinMs }).then(
      () => true,
      () => false,
    )
    const after = ((performance.now() - since) / 1_000).toFixed(1)
    findings.push({
      id: 'I9',
      ok,
      detail: ok ? `${what}, after ${after} s` : `not within ${withinMs / 1_000} s: ${what}`,
    })
    return ok
  }
  let marked: { readonly of: Daemon; readonly line: number } | undefined
  const newLines = (): readonly LogLine[] => {
    const now = daemon()
    return now.log.slice(marked?.of === now ? marked.line : 0)
  }
  return {
    mark() {
      marked = { of: daemon(), line: daemon().log.length }
    },
    noticesInLog: (text, withinMs) =>
      notice(`the log says ${text}`, () => newLines().some(({ msg }) => text.test(msg)), withinMs),
    noticesInMetrics: (what, holds, withinMs) => notice(what, async () => holds(await daemon().metrics()), withinMs),
    noticesOn: (page, status, withinMs) =>
      notice(`${page} says ${status}`, async () => (await daemon().get(page)).status === status, withinMs),
  }
}
