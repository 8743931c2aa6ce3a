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

/** `rest` is what follows FEED_; `feed` the feed that it begins with, if there is one; `endings` the suffixes of settings. */
export function guess(rest: string, feed: string | undefined, endings: readonly string[]): Guess {
  if (feed === undefined) return { meant: urlsMeant(rest, endings), why: undefined }
  const suffix = rest.slice(feed.length + 1).toUpperCase()
  const meant = nearest(suffix, endings, suffix.length < 5 ? 1 : FARTHEST) ?? synonyms[suffix]
  if (meant !== undefined) return { meant: feedSettingName({ name: feed }, meant), why: undefined }
  return { meant: urlsMeant(rest, ['URLS']), why: impossible.find(({ suffixes }) => suffixes.test(suffix))?.why }
}

/** A name in lower case or with an underscore in front, none at all, or a misspelt URLS. */
function urlsMeant(rest: string, endings: readonly string[]): string | undefined {
  const upper = rest.toUpperCase().replace(/^_+/, '')
  const exact = endings.find((ending) => upper === ending || upper.endsWith(`_${ending}`))
  if (exact !== undefined) return named(upper.slice(0, -exact.length - 1), exact)
  const at = upper.lastIndexOf('_')
  return nearest(upper.slice(at + 1), ['URLS'], 1) && named(upper.slice(0, Math.max(0, at)), 'URLS')
}

function named(name: string, suffix: string): string {
  return feedSettingName({ name: name || '<name>' }, suffix)
}
