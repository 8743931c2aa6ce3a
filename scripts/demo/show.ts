/** The live part: looks at the daemon and at Kafka once a second and draws what it sees. */
import { setTimeout as sleep } from 'node:timers/promises'
import { FEEDS } from './feeds.ts'
import { count, type Picture } from './frame.ts'
import { lastLines } from './log-lines.ts'
import { scrape } from './metrics.ts'
import type { Scene } from './scene.ts'
import { openScreen } from './screen.ts'
import { tips } from './tips.ts'
import { Window } from './window.ts'

const SCRAPE_MS = 1_000

/** Draws until `signal` aborts or `forMs` (undefined: no limit) are over. */
export async function show(scene: Scene, forMs: number | undefined, signal: AbortSignal): Promise<void> {
  const screen = openScreen()
  const window = new Window()
  const startedAt = performance.now()
  const records = new Map<string, string>()
  let shownAt = Number.NEGATIVE_INFINITY
  try {
    while (!signal.aborted) {
      window.add(await scrape(scene.daemon.address).catch(() => ({ at: performance.now(), feeds: new Map() })))
      await decodeNewest(scene, records)
      const now = performance.now()
      const isLast = forMs !== undefined && now - startedAt >= forMs
      // The first picture elsewhere than on a terminal waits until there is something on it.
      const isDue = records.size === FEEDS.length && now - shownAt >= screen.everyMs - SCRAPE_MS / 2
      if (isDue || isLast || screen.everyMs <= SCRAPE_MS) {
        screen.show(picture(scene, window, records, now - startedAt, forMs))
        shownAt = now
      }
      if (isLast) return
      const restMs = forMs === undefined ? SCRAPE_MS : Math.min(SCRAPE_MS, forMs - (now - startedAt))
      await sleep(restMs, undefined, { signal }).catch(() => {})
    }
  } finally {
    screen.end()
  }
}

/** Keeps the last good text of a topic whose newest record cannot be decoded now. */
export async function decodeNewest({ readBack, decode }: Scene, records: Map<string, string>): Promise<void> {
  for (const [topic, value] of readBack.newest) {
    const json = await decode(value).catch(() => undefined)
    if (json !== undefined) records.set(topic, json)
  }
}

function picture(
  scene: Scene,
  window: Window,
  records: ReadonlyMap<string, string>,
  elapsedMs: number,
  forMs: number | undefined,
): Picture {
  const rows = FEEDS.map(({ name }) => window.row(name))
  const rate = rows.reduce((sum, { recordRate }) => sum + recordRate, 0)
  const restMs = (forMs ?? 0) - elapsedMs
  const left = restMs > 0 ? `, ends in ${Math.ceil(restMs / 1000)} s` : ''
  return {
    title: `Tributary: ${scene.upstreams.length} upstreams into Kafka, ${count(rate)} records/s, ${clock(elapsedMs)}${left}`,
    rows,
    records: FEEDS.map(({ name, topic }) => [name, records.get(topic) ?? '…']),
    said: lastLines(scene.daemon.logFile, 1)[0] ?? '',
    tips: tips(scene),
  }
}

/** `1:05` for 65,000 ms. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
