/** A configuration of one feed, as a redrive needs it. */
import { readConfig } from '../../app/config/index.ts'
import { type Config, kinds } from '../../app/kinds.ts'

/** Nothing of it is reached. */
export function readConfigOf(feed: string): Config {
  const env = {
    BOOTSTRAP_SERVERS: '127.0.0.1:9',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
    [`FEED_${feed.toUpperCase()}_URLS`]: 'ws://127.0.0.1:9/q',
    [`FEED_${feed.toUpperCase()}_SCHEMA`]: 'Quote',
  }
  return readConfig(env, kinds)
}
