/** What is in force and where each value is from, as a file that says the same again. */
import { feedSettingName } from '../lib/setting-names.ts'
import { keyOf } from './file/keys.ts'
import { ranks } from './layers.ts'
import type { Given } from './lookup.ts'
import type { InForce } from './report.ts'

const HEAD = `# What is in force. Without a mark: as it was given; with a # in front: the default, or what a preset has.
# A secret is named by the variable or the file that holds it.
`

/**
 * YAML. What is given is a key, what is a default is a comment, so that whoever reads it finds out what was given.
 * Where something is wrong (not `isGood`), nothing is shown in whose place somebody could have put a secret.
 */
export function inForceAsYaml(inForce: readonly InForce[], isGood = true): string {
  const house = inForce.filter(({ feed }) => feed === undefined)
  const feeds = inForce.filter(({ feed }) => feed !== undefined)
  const lines = house.flatMap((table) => linesOf(table, '', isGood))
  const ofFeeds = feeds.flatMap((one) => [`  ${keyName(one)}:`, ...linesOf(one, '    ', isGood)])
  return `${[HEAD.trimEnd(), ...lines, ...(feeds.length > 0 ? ['feeds:', ...ofFeeds] : [])].join('\n')}\n`
}

function keyName({ feed = '' }: InForce): string {
  return quoted(feed.toLowerCase())
}

function linesOf({ feed, table, found }: InForce, indent: string, isGood: boolean): string[] {
  return Object.entries(table).flatMap(([name, setting]) => {
    const given = found.get(name)
    const key = keyOf(name)
    if (given?.text === undefined) {
      return setting.default === undefined ? [] : [`${indent}# ${key}: ${quoted(setting.default)} # default`]
    }
    const from = ` # ${given.called}`
    if (given.isPreset) return [`${indent}# ${key}: ${quoted(given.text)}${from}`]
    if (given.path !== undefined) return [`${indent}${key}_file: ${quoted(given.path)}${from}`]
    const variable = feed === undefined ? name : feedSettingName({ name: feed }, name)
    const isHidden = setting.secret === true || (!isGood && !setting.format.shown)
    return [`${indent}${key}: ${isHidden ? hidden(given, variable) : shown(given, given.text)}${from}`]
  })
}

function shown({ reference }: Given, text: string): string {
  return reference === undefined ? quoted(text) : `\${${reference}}`
}

/** A secret is named by the variable that has it; one that stands in a file as it is, by the variable that could have it. */
function hidden({ variable, reference, rank }: Given, own: string): string {
  return `\${${reference ?? (rank === ranks.file ? own : variable)}}`
}

/** A YAML text: plain where that is the same for every reader, else in double quotes, as in JSON. */
function quoted(text: string): string {
  if (/^[\w/+-][\w./:@+-]*$/.test(text) && !text.endsWith(':') && !/^(null|~|-+)$/i.test(text)) return text
  return JSON.stringify(text.replaceAll('${', () => '$${'))
}
