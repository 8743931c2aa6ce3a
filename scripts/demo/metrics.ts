/** What the daemon's /metrics say of each feed. */

/** One feed at one moment; everything but `open`, `sources` and `held` only grows. */
export interface FeedSample {
  received: number
  produced: number
  refused: number
  /** Messages in the lane. */
  held: number
  open: number
  sources: number
  /** Messages delivered within at most so many seconds, by that bound; the last one is infinite. */
  readonly buckets: Map<number, number>
}

/** A scrape. */
export interface Sample {
  /** Milliseconds, monotonic. */
  readonly at: number
  readonly feeds: ReadonlyMap<string, FeedSample>
}

/** Scrapes `address`. Rejects when it does not answer within 2 s. */
export async function scrape(address: string): Promise<Sample> {
  const response = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(2_000) })
  return { at: performance.now(), feeds: parseFeeds(await response.text()) }
}

/** Reads the exposition text, as far as the table needs it. */
export function parseFeeds(text: string): Map<string, FeedSample> {
  const feeds = new Map<string, FeedSample>()
  for (const [, name = '', list = '', value = ''] of text.matchAll(/^(tributary_\w+)\{(.*)\} (\S+)$/gm)) {
    const labels = Object.fromEntries([...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, it]) => [key, it]))
    if (labels.feed === undefined) continue
    const feed = feeds.get(labels.feed) ?? emptySample()
    feeds.set(labels.feed, feed)
    take(feed, name, labels, Number(value))
  }
  return feeds
}

function emptySample(): FeedSample {
  return { received: 0, produced: 0, refused: 0, held: 0, open: 0, sources: 0, buckets: new Map() }
}

function take(feed: FeedSample, name: string, labels: Readonly<Record<string, string>>, value: number): void {
  switch (name) {
    case 'tributary_messages_received_total':
      feed.received = value
      break
    case 'tributary_documents_total':
      if (labels.outcome === 'produced') feed.produced = value
      if (labels.outcome === 'refused') feed.refused += value
      break
    case 'tributary_messages_held':
      feed.held = value
      break
    case 'tributary_sources':
      feed.sources += value
      if (labels.state === 'open') feed.open = value
      break
    case 'tributary_delivery_duration_seconds_bucket':
      feed.buckets.set(labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le), value)
  }
}
