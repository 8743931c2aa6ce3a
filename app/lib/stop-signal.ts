/** Signals that ask a process to stop. */
import { constants } from 'node:os'
import { endProcess } from './end-process.ts'

const signals = ['SIGTERM', 'SIGINT'] as const

/** A signal that asks to stop. */
export type StopSignal = (typeof signals)[number]

/** Resolves with the first signal. A second signal ends the process at once with its `signalExitCode`. */
export function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) endProcess(signalExitCode(signal))
        asked = true
        resolve(signal)
      })
    }
  })
}

/** The exit code of a process that a signal ended: 128 and its number. */
export function signalExitCode(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}
