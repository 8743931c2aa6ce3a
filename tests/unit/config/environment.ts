/** Environments to read in tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../../app/config/index.ts'
import { ConfigError, sentenceOf } from '../../../app/errors.ts'
import { type Config, type FeedConfig, kinds } from '../../../app/kinds.ts'

export type TestEnv = Record<string, string | undefined>

export { kinds }

/** The least that is needed, with one feed by name. */
export const base: TestEnv = {
  BOOTSTRAP_SERVERS: 'kafka:29092',
  SCHEMA_REGISTRY_URL: 'http://schema-registry:8081',
  FEED_T_URLS: 'ws://upstream:4200/ws',
  FEED_T_SCHEMA: 'Ticker',
}

/** Reads `base` with `more` over it; undefined takes a variable away. */
export function read(more: TestEnv = {}): Config {
  return readConfig({ ...base, ...more }, kinds)
}

/** The feed T of `base` with `more` settings of it (`SCHEMA`, …). */
export function readFeed(more: TestEnv = {}): FeedConfig {
  const feed = read(Object.fromEntries(Object.entries(more).map(([suffix, text]) => [`FEED_T_${suffix}`, text])))
    .feeds[0]
  if (feed === undefined) throw new Error('there is no feed')
  return feed
}

/** The problems of an environment; none when it can be read. */
export function problemsOf(env: TestEnv): readonly string[] {
  try {
    readConfig(env, kinds)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

/** The problems of `base` with `more` over it. */
export const problems = (more: TestEnv): readonly string[] => problemsOf({ ...base, ...more })

/** The warnings of `base` with `more` over it, as sentences. */
export const warnings = (more: TestEnv): readonly string[] => read(more).warnings.map(sentenceOf)

/** A directory that `close` removes; `write` answers the path of a new file in it. */
export function directory(): { write: (name: string, content: string) => string; close: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tributary-config-'))
  return {
    write: (name, content) => {
      writeFileSync(join(path, name), content)
      return join(path, name)
    },
    close: () => rmSync(path, { recursive: true }),
  }
}
