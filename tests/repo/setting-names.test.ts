/** A setting is called as the operator called it: its name is made in one place. */
import { describe, expect, it } from '@jest/globals'
import { describeSettings } from '../../app/config/index.ts'
import { variablesOf } from '../../app/config/replaced.ts'
import { kinds } from '../../app/kinds.ts'
import type { Replaced } from '../../app/settings/preset.ts'
import { sources, withoutComments } from './sources.ts'

/** They tell of all settings, not of one that was given. */
const PAGES = [
  'app/commands/help.ts',
  'app/telemetry/definitions.ts',
  'app/telemetry/reasons.ts',
  'app/check/options.ts',
  'app/commands/redrive.ts',
]
/** Asked for where they are missing, or named as an alternative to what was given. */
const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  'app/redrive/index.ts': ['BOOTSTRAP_SERVERS'],
  'app/telemetry/feed-lines.ts': ['DEAD_LETTER_TOPIC'],
  'app/telemetry/daemon-lines.ts': ['GAPS_TOPIC'],
}

/** Variables that may be called otherwise: by an alias, a preset's own variable, or often from a file. */
const named = new Set([
  ...describeSettings(kinds)
    .filter(({ aliases }) => aliases.length > 0)
    .flatMap(({ name, aliases }) => [name, ...aliases]),
  ...Object.values<Replaced>(kinds.replaced).flatMap(({ feeds }) =>
    feeds.flatMap(({ variables }) => Object.values(variables).map(({ name }) => name)),
  ),
  'SCHEMA_REGISTRY_URL',
  'DEAD_LETTER_TOPIC',
  'GAPS_TOPIC',
  'METRICS_PORT',
])

/** Names that `code` writes into texts of its own, and those that it makes of a feed and a suffix. */
function written(code: string): string[] {
  const texts = code.replace(/settingName\([^()]*\)/gi, '').match(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g) ?? []
  return texts.flatMap((text) => [
    ...[...named].filter((name) => new RegExp(`\\b${name}\\b`).test(text)),
    ...(/FEED_(\$\{|'\s*\+)/.test(text) ? ['FEED_…'] : []),
  ])
}

describe('the name of a setting', () => {
  it('is made by lib/setting-names.ts alone', () => {
    const elsewhere = [...sources('app')]
      .filter(
        ([path]) =>
          !/^app\/(config|replaces|settings)\//.test(path) &&
          path !== 'app/lib/setting-names.ts' &&
          !PAGES.includes(path),
      )
      .flatMap(([path, source]) => written(withoutComments(source)).map((name) => ({ path, name })))
      .filter(({ path, name }) => !ALTERNATIVES[path]?.includes(name))
    expect(elsewhere).toEqual([])
  })

  it('made of a feed and a suffix is made by nobody else in the configuration either', () => {
    const makers = [...sources('app/config')].filter(([, source]) => /`FEED_\$\{name/.test(withoutComments(source)))
    expect(makers.map(([path]) => path)).toEqual([])
  })

  it('of a program that is replaced stands in app/replaces alone', () => {
    const theirs = Object.values<Replaced>(kinds.replaced).flatMap(variablesOf)
    expect(theirs).toEqual(expect.arrayContaining(['FINNHUB_TRADE_DATA', 'IOT_SYNTHETIC_URLS', 'PRODUCER_TIMEOUT']))
    const knowing = [...sources('app')].filter(([, source]) =>
      theirs.some((name) => new RegExp(`\\b${name}\\b`).test(source)),
    )
    expect(knowing.map(([path]) => path)).toEqual(['app/replaces/kafka-producer.ts'])
  })

  it('would be found elsewhere', () => {
    const hole = (inner: string): string => `$${'{'}${inner}}`
    expect(written("say('check BOOTSTRAP_SERVERS')")).toEqual(['BOOTSTRAP_SERVERS'])
    expect(written(`say(\`FEED_${hole('name')}_URLS\`)`)).toEqual(['FEED_…'])
    expect(written(`say(\`check ${hole("settingName(names, 'BOOTSTRAP_SERVERS')")}\`)`)).toEqual([])
  })
})
