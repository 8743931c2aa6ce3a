/** The keys of the file: the names of settings in lower case, those of feeds below `feeds.<name>`. */
import { nearest } from '../../lib/nearest.ts'
import { printable } from '../../lib/printable.ts'
import type { Settings } from '../../settings/setting.ts'

const LONGEST_SHOWN_BYTES = 100
const FEEDS = 'feeds'

/** The key of a setting, of a feed or of none. */
export function keyOf(name: string, feed?: string): string {
  const key = name.toLowerCase()
  return feed === undefined ? key : `${FEEDS}.${feed.toLowerCase()}.${key}`
}

/** The setting and what names its file, by key. A setting that is a path by itself has no second one. */
export function settingKeys(table: Settings): Map<string, string> {
  const names = Object.keys(table).flatMap((name) => (name.endsWith('_FILE') ? [name] : [name, `${name}_FILE`]))
  return new Map(names.map((name) => [keyOf(name), name]))
}

/** What was probably meant by a key that is none. */
export function meantBy(key: string, keys: Iterable<string>): string | undefined {
  const plain = key.toLowerCase().replaceAll('-', '_')
  const known = [...keys]
  return known.includes(plain) ? plain : nearest(plain, known, plain.length < 5 ? 1 : 2)
}

/** A key that may be shown. */
export function shownKey(key: string): string {
  return printable(key, LONGEST_SHOWN_BYTES)
}
