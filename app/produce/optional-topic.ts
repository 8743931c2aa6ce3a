/** A topic that need not be there: used while it is. */
import { Unavailable } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'

/** `prepare` resolves once it is known whether the topic is there; it throws `Unavailable` while that cannot be told. */
export interface OptionalTopic {
  readonly inUse: boolean
  prepare(): Promise<void>
}

/** How to look, whom to tell of each change (of the first answer, too), and how often, in milliseconds. */
export interface Look {
  readonly find: () => Promise<boolean>
  readonly changed: (inUse: boolean) => void
  readonly everyMs: number | undefined
  readonly signal: AbortSignal
}

const EVERY_MS = 60_000

/** Looks when it is prepared, and from then on until `signal` aborts. While nobody answers, what was last known counts. */
export function optionalTopic({ find, changed, everyMs = EVERY_MS, signal }: Look): OptionalTopic {
  let inUse: boolean | undefined
  let first: Promise<void> | undefined
  const look = async (): Promise<void> => {
    const found = await find()
    if (found === inUse) return
    inUse = found
    changed(found)
  }
  const keepLooking = async (): Promise<void> => {
    await sleep(everyMs, signal)
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error
      })
      await sleep(everyMs, signal)
    }
  }
  const begin = async (): Promise<void> => {
    await look()
    void keepLooking()
  }
  return {
    get inUse() {
      return inUse === true
    },
    prepare() {
      first ??= begin().catch((error: unknown) => {
        first = undefined
        throw error
      })
      return first
    },
  }
}
