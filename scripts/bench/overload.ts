/** What an operator sees of the daemon while it is flooded. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseMetric } from './scrape.ts'
import { rssBytes } from './usage.ts'

/** Of one window. */
export interface Overload {
  /** Of the event loop's delay. */
  readonly loopP99Ms: number
  /** Of the answers of /healthz. */
  readonly healthP99Ms: number
  /** The most memory in the second half of the window over the most in the first: 1 is flat. */
  readonly rssGrowth: number
}

/** Under way. */
export interface Watch {
  /** Resolves to what was seen. */
  end(): Promise<Overload>
}

const PERIOD_MS = 50
/** Node's histogram is fed by a timer of this period, and counts it as delay. */
const TICK_MS = 10

/** Looks at process `pid`, whose metrics are on `port`, until told to end. */
export async function watchOverload(pid: number, port: number): Promise<Watch> {
  const url = `http://127.0.0.1:${port}`
  const answers: number[] = []
  const sizes: number[] = []
  let isOver = false
  // A scrape begins the histogram anew.
  await fetch(`${url}/metrics`).then((answer) => answer.text())
  const look = async (): Promise<void> => {
    while (!isOver) {
      const askedAt = performance.now()
      await fetch(`${url}/healthz`).then((answer) => answer.text())
      answers.push(performance.now() - askedAt)
      sizes.push(rssBytes(pid))
      await sleep(PERIOD_MS)
    }
  }
  const looking = look()
  return {
    async end() {
      isOver = true
      await looking
      const text = await fetch(`${url}/metrics`).then((answer) => answer.text())
      const half = Math.ceil(sizes.length / 2)
      return {
        loopP99Ms: parseMetric(text, 'nodejs_eventloop_lag_p99_seconds') * 1_000 - TICK_MS,
        healthP99Ms: answers.sort((a, b) => a - b)[Math.floor(answers.length * 0.99)] ?? Number.NaN,
        rssGrowth: Math.max(...sizes.slice(half)) / Math.max(...sizes.slice(0, half)),
      }
    },
  }
}
