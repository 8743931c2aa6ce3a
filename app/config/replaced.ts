/** Feeds of programs that are replaced: which of them are on, and what the programs' own variables say of them. */
import { feedSettingName } from '../lib/setting-names.ts'
import { flag } from '../settings/formats/basic.ts'
import type { Replaced, ReplacedFeed } from '../settings/preset.ts'
import type { Setting } from '../settings/setting.ts'
import type { Layer } from './layers.ts'
import { type Given, lookup } from './lookup.ts'
import { readTable } from './read-table.ts'
import type { Report } from './report.ts'
import { validate } from './validate.ts'

/** A feed that is on, with the values of variables that stand for a setting of all feeds of its program, by suffix. */
export interface FeedOn {
  readonly feed: ReplacedFeed
  readonly shared: ReadonlyMap<string, Given>
}

/** What feeds by name are known by now. */
interface Named {
  readonly layers: readonly Layer[]
  /** Feeds of which anything is set. */
  readonly names: ReadonlySet<string>
  /** Settings without which no feed is there. */
  readonly anchors: readonly string[]
}

/** The feeds of all programs that are on. */
export function feedsOn(programs: readonly Replaced[], named: Named, report: Report): FeedOn[] {
  return programs.flatMap((program) => {
    const shared = sharedValues(program, named.layers, report)
    return program.feeds.filter((feed) => isOn(feed, program, named, report)).map((feed) => ({ feed, shared }))
  })
}

/** Declares the switch of a feed. */
export function toggleSetting(
  { name }: ReplacedFeed,
  { group }: Replaced,
): Setting<boolean> & { readonly default: string } {
  const help = `Turns the feed ${name.toLowerCase()} on.`
  return { group, format: flag, help, default: 'False', example: 'True' }
}

/** All variables of a program, by which it is known. */
export function variablesOf({ feeds, shared }: Replaced): string[] {
  const own = feeds.flatMap(({ toggle, variables }) => [toggle, ...Object.values(variables).map(({ name }) => name)])
  return [...own, ...Object.keys(shared)]
}

/** A feed is on when its switch says so, or when the switch is unset and the feed has URLs by name: then it is one of those. */
function isOn(feed: ReplacedFeed, program: Replaced, { layers, names, anchors }: Named, report: Report): boolean {
  const { name, toggle } = feed
  const given = lookup(layers, toggle, report)
  const { value } = validate({ value: toggleSetting(feed, program) }, () => given, report)
  const isNamed = anchors.some((anchor) =>
    layers.some((one) => one.get(anchor, name) ?? one.get(`${anchor}_FILE`, name)),
  )
  const on = value || (!given && isNamed)
  if (!on && names.has(name)) {
    const all = feedSettingName({ name }, '…')
    report.note(toggle, `the ${all} variables have no effect: ${toggle} is not true, so that feed is off`)
  }
  return on
}

/** A value that is wrong is told of its own variable, and of no feed. */
function sharedValues({ shared }: Replaced, layers: readonly Layer[], report: Report): Map<string, Given> {
  const { given } = readTable(shared, layers, report)
  const good = [...given].filter(([variable]) => report.isClear(variable))
  return new Map(good.map(([variable, value]) => [shared[variable]?.suffix ?? variable, value]))
}
