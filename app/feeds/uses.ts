/** Topics, subjects and dead letter topics by the feeds that use them: the last one gives them up. */
import type { Shared } from '../feed-parts.ts'
import { Shares } from '../lib/shares.ts'
import type { Present } from './live-feed.ts'

/** One for the daemon. */
export class Uses {
  readonly #shared: Pick<Shared, 'encoders' | 'targets'>
  readonly #subjects = new Shares()

  constructor(shared: Pick<Shared, 'encoders' | 'targets'>) {
    this.#shared = shared
  }

  /** From the moment when the parts are made: another feed may be about to give up the same. */
  hold(feed: Present): void {
    const { topics, schemas } = feed.target
    for (const topic of topicsOf(feed)) topics.hold(topic)
    for (const subject of feed.parts.router.subjects) this.#subjects.hold(subject)
    schemas.hold(feed.config.schema)
  }

  /** Nothing of the feed is under way any more. Resolves when its sink is closed, where nobody else writes to it. */
  async release(feed: Present): Promise<void> {
    const { encoders, targets } = this.#shared
    const { outlet, deadLetters, topics, schemas } = feed.target
    const { schema } = feed.config
    for (const subject of feed.parts.router.subjects) if (this.#subjects.release(subject)) encoders.forget(subject)
    if (schemas.release(schema)) deadLetters.forget(schema)
    for (const topic of topicsOf(feed)) if (topics.release(topic)) outlet.forget(topic)
    await targets.release(feed.target)
  }
}

function topicsOf({ config, parts, target }: Present): readonly string[] {
  return [...parts.router.topics, target.deadLetters.topicOf(config.schema)]
}
