/** Row 54: more invalid records in one request than any client lists: exactly those are dead letters, the rest goes on in order. */
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const DAY_MS = 86_400_000
const SIZES = [60, 1_000, 5_000]
/** One good document stands between so many bad ones. */
const EVERY = 50
const SCHEMA = {
  type: 'record',
  name: 'Timed',
  fields: [{ name: 'n', type: 'long' }],
}

interface Place {
  readonly side: SideFeed
  readonly paths: Paths
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 54,
  title: '60, 1,000 and 5,000 records of one request whose time the topic does not take',
  clients: 'both',
  env: (rig) => {
    const { side, paths } = placeOf(rig)
    return side.env([paths.url('timed')], { TIMESTAMP_FIELD: 'at' })
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    places.set(rig, { side: await openSideFeed(rig, 'timed', { schema: SCHEMA }), paths: await startPaths(rig) })
  },
  async inject(rig) {
    const { side, paths } = placeOf(rig)
    for (const [message, size] of SIZES.entries()) {
      await paths.send('timed', messageOf(size))
      rig.findings.push(await side.settled(message + 1))
    }
    await rig.noticesInLog(/INVALID_TIMESTAMP \(32\).*message\.timestamp\.after\.max\.ms/)
    await rig.noticesInMetrics('the refused are counted', (samples) => {
      const labels = { feed: 'timed', outcome: 'dead_lettered', reason: 'broker_refused' }
      return samples.value('tributary_documents_total', labels) === SIZES.reduce((sum, size) => sum + bad(size), 0)
    })
  },
  async check(_evidence, rig) {
    const { side } = placeOf(rig)
    const [records, letters] = [await side.decoded(), await side.deadLetters()]
    const numbers = records.map(({ content }) => Number(content.n))
    const expected = SIZES.flatMap((size) => [...Array(size).keys()].filter(isGood))
    const found: Finding = {
      id: 'I4',
      ok: `${numbers}` === `${expected}`,
      detail: `${numbers.length} good records of ${expected.length}, in order`,
    }
    const named = letters.map(({ headers }) => String(headers['tributary-document']))
    const right = SIZES.map((size) => rangesOf(size))
    return [
      found,
      { id: 'I2', ok: `${named}` === `${right}`, detail: `${letters.length} dead letters name the others` },
    ]
  },
}

function messageOf(size: number): string {
  const now = Date.now()
  return JSON.stringify([...Array(size).keys()].map((n) => ({ n, at: isGood(n) ? now : now + DAY_MS })))
}

function isGood(n: number): boolean {
  return n % EVERY === 0
}

function bad(size: number): number {
  return size - Math.ceil(size / EVERY)
}

/** `1-49,51-99,…` */
function rangesOf(size: number): string {
  const starts = [...Array(Math.ceil(size / EVERY)).keys()].map((at) => at * EVERY)
  return starts.map((start) => `${start + 1}-${Math.min(size, start + EVERY) - 1}`).join()
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
