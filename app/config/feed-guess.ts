/** What was probably meant by a FEED_… variable that is no setting. */
import { nearest } from '../lib/nearest.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import { impossible, synonyms } from './tables/not-settings.ts'

/** More wrong letters than this, and another word was meant. */
const FARTHEST = 2

interface Guess {
  /** A setting of a feed that is there, or the URLS that would make one. */
  readonly meant: string | undefined
  /** A clause: why there is no such setting. */
  readonly why: string | undefined
}

/** A name begins with a letter or digit, so that none is `__proto__` in lower case. It is a folder, a label and a part of many lines. */
export const NAME = /^[A-Z0-9][A-Z0-9_]{0,99}$/
const NO_NAME = 'the name of a feed has only A to Z, 0 to 9 and _, begins with no _, and has 100 characters at most'

/** The variable that one in lower case was probably meant to be. */
export function inCapitals(variable: string, endings: readonly string[]): string | undefined {
  if (!/^feed_/i.test(variable)) return undefined
  const upper = variable.toUpperCase()
  const isSetting = endings.some(
    (ending) => upper.endsWith(`_${ending}`) && NAME.test(upper.slice('FEED_'.length, -ending.length - 1)),
  )
  return isSetting ? upper : undefined
}

/** `rest` is what follows FEED_; `feed` the feed that it begins with, if there is one; `endings` the suffixes of settings. */
export function guess(rest: string, feed: string | undefined, endings: readonly string[]): Guess {
  if (feed === undefined) return possible(urlsMeant(rest, endings))
  const suffix = rest.slice(feed.length + 1).toUpperCase()
  const meant = nearest(suffix, endings, suffix.length < 5 ? 1 : FARTHEST) ?? synonyms[suffix]
  if (meant !== undefined) return { meant: feedSettingName({ name: feed }, meant), why: undefined }
  return {
    meant: possible(urlsMeant(rest, ['URLS'])).meant,
    why: impossible.find(({ suffixes }) => suffixes.test(suffix))?.why,
  }
}

/** A name in lower case or with an underscore in front, none at all, or a misspelt URLS. */
function urlsMeant(rest: string, endings: readonly string[]): Named | undefined {
  const upper = rest.toUpperCase().replace(/^_+/, '')
  const exact = endings.find((ending) => upper === ending || upper.endsWith(`_${ending}`))
  if (exact !== undefined) return { name: upper.slice(0, -exact.length - 1), suffix: exact }
  const at = upper.lastIndexOf('_')
  const isUrls = nearest(upper.slice(at + 1), ['URLS'], 1) !== undefined
  return isUrls ? { name: upper.slice(0, Math.max(0, at)), suffix: 'URLS' } : undefined
}

interface Named {
  readonly name: string
  readonly suffix: string
}

function possible(named: Named | undefined): Guess {
  if (named === undefined) return { meant: undefined, why: undefined }
  const { name, suffix } = named
  if (name !== '' && !NAME.test(name)) return { meant: undefined, why: NO_NAME }
  return { meant: feedSettingName({ name: name || '<name>' }, suffix), why: undefined }
}
