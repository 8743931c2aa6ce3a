/** Does every URL open? */
import type { Config, FeedConfig } from '../config/types.ts'
import { describeSources, hostOf } from '../dial/address.ts'
import { type SourceMaker, sourceMaker } from '../dial/dialler.ts'
import { dialGate } from '../dial/gate.ts'
import { sourceCure } from '../dial/source-cure.ts'
import { SourceLost, SourceRefused } from '../errors.ts'
import type { Source, SourceInfo } from '../model.ts'
import type { Finding, Group } from './finding.ts'
import { limit } from './limit.ts'

const AT_ONCE = 50

/** Dials every URL, within the dial rate and `AT_ONCE` at once; one group per feed. */
export async function checkFeeds(config: Config): Promise<Group[]> {
  const sourceOf = await sourceMaker(config.secrets, () => {})
  const gate = dialGate(config.dialRate)
  const limited = limit(AT_ONCE)
  const never = new AbortController().signal
  return config.feeds.map((feed) => {
    const sources = describeSources(feed.name, feed.urls, config.secrets.paths)
    const look = async (info: SourceInfo, index: number): Promise<Finding> => {
      await gate.pass(hostOf(info), never)
      return limited(() => dial(quiet(feed, sourceOf, info, index), feed))
    }
    return { title: `feed ${feed.name}`, findings: Promise.all(sources.map(look)) }
  })
}

/** As the feed dials it, but nothing is sent. */
function quiet(feed: FeedConfig, sourceOf: SourceMaker, info: SourceInfo, index: number): Source {
  const silent = { openMessages: [], openMessagesFile: undefined, pingIntervalMs: 0, silenceTimeoutMs: undefined }
  return sourceOf({ ...feed, ...silent }, info, index)
}

/** Opens the connection and closes it with 1001 at once. Ends within the handshake timeout, and a second to close. */
async function dial(source: Source, feed: FeedConfig): Promise<Finding> {
  const label = source.info.shown
  const leaving = new AbortController()
  const startedAt = performance.now()
  let openedAt: number | undefined
  const opened = (): void => {
    openedAt = performance.now()
    leaving.abort()
  }
  try {
    for await (const _ of source.receive(leaving.signal, opened)) {
      // What arrives meanwhile is not asked for.
    }
  } catch (error) {
    if (!(error instanceof SourceLost || error instanceof SourceRefused)) throw error
    if (openedAt === undefined) return { label, verdict: 'wrong', detail: error.message, cure: sourceCure(error, feed) }
  }
  return { label, verdict: 'ok', detail: `opens in ${Math.round((openedAt ?? performance.now()) - startedAt)} ms` }
}
