/** The signals that end the process. */
import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
export type StopSignal = (typeof SIGNALS)[number]

/** Resolves with the first stop signal. A second one ends the process at once, with 128 + its number. */
export function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (asked) process.exit(exitCodeOf(signal))
        asked = true
        resolve(signal)
      })
    }
  })
}

/** What a process that a signal ended exits with. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}
