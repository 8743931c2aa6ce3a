/** Row 55: one legal message against all feeds: half a million elements, a hundred thousand keys. */
import { setInterval } from 'node:timers/promises'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const MIB = 1024 * 1024
/** Generous for a machine that runs all of this at once; it was a minute. */
const SLOWEST_MS = 1_000
const LOOK_MS = 100
const LARGEST_LETTER = 1.1 * MIB
const fill = (element: string): string => {
  const count = Math.floor((MIB - 2) / (element.length + 1))
  return `[${Array.from({ length: count }, () => element).join()}]`
}
const keys = `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":${n % 10}`).join()}}`
const MESSAGES = [fill('0'), fill('{}'), fill('[]'), fill('"x"'), keys, `[${fill('{}')}]`.slice(0, MIB)]
const SCHEMA = { type: 'record', name: 'One', fields: [{ name: 'n', type: 'long' }] }

interface Place {
  readonly side: SideFeed
  readonly paths: Paths
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 55,
  title: 'one message of a MiB that holds 500,000 documents, or 80,000 keys',
  clients: 'any',
  needs: { lane: 'disk' },
  env: (rig) => {
    const { side, paths } = placeOf(rig)
    return side.env([paths.url('one')])
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    places.set(rig, { side: await openSideFeed(rig, 'one', { schema: SCHEMA }), paths: await startPaths(rig) })
  },
  async inject(rig) {
    const { side, paths } = placeOf(rig)
    const probe = watchHealth(rig)
    for (const [at, message] of MESSAGES.entries()) {
      await paths.send('one', message)
      rig.findings.push(await side.settled(at + 1))
    }
    await rig.wait(20)
    const worst = await probe.end()
    rig.findings.push({ id: 'I6', ok: worst < SLOWEST_MS, detail: `/healthz took ${worst.toFixed(0)} ms at most` })
    await rig.noticesInMetrics('the messages are refused whole', (samples) => {
      const labels = { feed: 'one', reason: 'too_many_documents' }
      return (samples.value('tributary_documents_total', { ...labels, outcome: 'dead_lettered' }) ?? 0) >= 4
    })
  },
  async check(_evidence, rig) {
    const letters = await placeOf(rig).side.deadLetters()
    const largest = Math.max(
      ...letters.map(({ value, headers }) => (value?.length ?? 0) + JSON.stringify(headers).length),
    )
    const ok = letters.length === MESSAGES.length && largest <= LARGEST_LETTER
    return [
      {
        id: 'row',
        ok,
        detail: `${letters.length} dead letters of ${MESSAGES.length} messages, ${largest} bytes at most`,
      },
    ]
  },
}

/** Asks /healthz ten times a second; `end` returns the slowest response, in milliseconds. */
function watchHealth(rig: Rig): { end(): Promise<number> } {
  const stop = new AbortController()
  let worst = 0
  const run = async (): Promise<void> => {
    for await (const _ of setInterval(LOOK_MS)) {
      const since = performance.now()
      await rig.daemon.get('/healthz').then((response) => response.text())
      worst = Math.max(worst, performance.now() - since)
      if (stop.signal.aborted) return
    }
  }
  const ended = run()
  return {
    async end() {
      stop.abort()
      await ended
      return worst
    },
  }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
