/** A configuration file as a layer under the environment. */
import type { Settings } from '../../settings/setting.ts'
import { type Env, type Layer, ranks, type Text } from '../layers.ts'
import type { Report } from '../report.ts'
import type { Entry, Node, Position } from './document.ts'
import { keyOf, meantBy, settingKeys, shownKey } from './keys.ts'
import { onlyVariable } from './substitute.ts'
import { textOf } from './texts.ts'

/** As in variables, in lower case: it is a folder, a label and a part of many lines. */
const FEED_NAME = /^[a-z0-9][a-z0-9_]{0,99}$/

/** What a file says. */
export interface FileLayer extends Layer {
  /** Names of its feeds, as in variables. */
  readonly feeds: readonly string[]
}

/** What a file may hold. */
export interface Tables {
  readonly house: Settings
  readonly feed: Settings
}

interface Place {
  readonly path: string
  readonly env: Env
  readonly report: Report
  /** Keys so far that are no settings. */
  unknown: number
}

/** So many of those are told one by one. */
const MOST_UNKNOWN = 20

/** Reads the keys of `root`; each that is none is a problem with its place and what was probably meant. */
export function fileLayer(root: Node, { house, feed }: Tables, where: Omit<Place, 'unknown'>): FileLayer {
  const place = { ...where, unknown: 0 }
  const texts = new Map<string, Text>()
  const feeds: string[] = []
  const top = mapOf(root, 'the file', place)
  const others = top.filter(({ key }) => key !== 'feeds')
  readSettings(others, house, undefined, ['feeds'], place, texts)
  for (const { key, at, value } of top
    .filter(({ key }) => key === 'feeds')
    .flatMap(({ value }) => mapOf(value, 'feeds', place))) {
    if (FEED_NAME.test(key)) {
      feeds.push(key.toUpperCase())
      readSettings(mapOf(value, `feeds.${key}`, place), feed, key.toUpperCase(), [], place, texts)
    } else {
      const called = placed(`feeds.${shownKey(key)}`, at, place)
      place.report.wrong('feeds', `${called} is no name of a feed`, 'use lower-case letters, digits and underscores')
    }
  }
  const more = place.unknown - MOST_UNKNOWN
  if (more > 0) place.report.wrong('TRIBUTARY_CONFIG', `${more} more keys of ${place.path} are no settings`)
  return { rank: ranks.file, feeds, get: (setting, feed) => texts.get(keyOf(setting, feed)) }
}

function readSettings(
  entries: readonly Entry[],
  table: Settings,
  feed: string | undefined,
  more: readonly string[],
  place: Place,
  texts: Map<string, Text>,
): void {
  const keys = settingKeys(table)
  for (const { key, at, value } of entries) {
    const setting = keys.get(key)
    if (setting === undefined) unknownKey(key, at, feed, [...keys.keys(), ...more], place)
    else {
      const name = keyOf(setting, feed)
      const text = read(value, table[setting]?.format ?? { shape: 'plain', expects: 'the path of a file' }, name, place)
      if (text && text.text.trim() !== '') texts.set(name, text)
    }
  }
}

function read(value: Node, format: Parameters<typeof textOf>[1], name: string, place: Place): Text | undefined {
  const made = textOf(value, format, place.env)
  if (made === undefined) return undefined
  if ('predicate' in made) {
    place.report.wrong(name, `${placed(name, made.at, place)} ${made.predicate}`)
    return undefined
  }
  const reference = value.kind === 'text' ? onlyVariable(value.text) : undefined
  return { text: made.text, name, called: placed(name, value.at, place), isShown: !made.isChanged, reference }
}

function unknownKey(key: string, at: Position, feed: string | undefined, keys: readonly string[], place: Place): void {
  if (++place.unknown > MOST_UNKNOWN) return
  const prefix = feed === undefined ? '' : `feeds.${feed.toLowerCase()}.`
  const called = placed(`${prefix}${shownKey(key)}`, at, place)
  const meant = meantBy(key, keys)
  const cure = meant === undefined ? 'remove it; tributary schema has all keys' : `did you mean ${prefix}${meant}?`
  place.report.wrong(`${prefix}${shownKey(key)}`, `${called} is not a setting`, cure)
}

function mapOf(node: Node, what: string, place: Place): readonly Entry[] {
  if (node.kind === 'map') return node.entries
  if (node.kind !== 'nothing') {
    place.report.wrong(what, `${placed(what, node.at, place)} must be a map of keys and values`)
  }
  return []
}

function placed(what: string, { line, column }: Position, { path }: Place): string {
  return `${what} (${path}:${line}:${column})`
}
