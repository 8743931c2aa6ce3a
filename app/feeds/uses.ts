/** Topics, subjects and dead letter topics by the feeds that use them: the last one gives them up. */
import type { Shared } from '../feed-parts.ts'
import { Shares } from '../lib/shares.ts'
import type { Present } from './live-feed.ts'

/** One for the daemon. */
export class Uses {
  readonly #shared: Pick<Shared, 'outlet' | 'encoders' | 'deadLetters'>
  readonly #topics = new Shares()
  readonly #subjects = new Shares()
  readonly #schemas = new Shares()

  constructor(shared: Pick<Shared, 'outlet' | 'encoders' | 'deadLetters'>) {
    this.#shared = shared
  }

  hold(feed: Present): void {
    for (const topic of this.#topicsOf(feed)) this.#topics.hold(topic)
    for (const subject of feed.parts.router.subjects) this.#subjects.hold(subject)
    this.#schemas.hold(feed.config.schema)
  }

  /** Nothing of the feed is under way any more. */
  release(feed: Present): void {
    const { outlet, encoders, deadLetters } = this.#shared
    const { schema } = feed.config
    for (const subject of feed.parts.router.subjects) if (this.#subjects.release(subject)) encoders.forget(subject)
    if (this.#schemas.release(schema)) deadLetters.forget(schema)
    for (const topic of this.#topicsOf(feed)) if (this.#topics.release(topic)) outlet.forget(topic)
  }

  #topicsOf({ config, parts }: Present): readonly string[] {
    return [...parts.router.topics, this.#shared.deadLetters.topicOf(config.schema)]
  }
}
