/** The use of each topic, for error messages. */
import { feedSettingName, type GivenNames, type NamedFeed, settingName } from '../lib/setting-names.ts'
import type { TopicUse } from '../model.ts'
import { type KeySettings, keyRule } from './by-schema.ts'

/** The topic of a feed's records. */
export function recordUse(feed: NamedFeed & KeySettings): TopicUse {
  const [key, field] = ['KEY', 'KEY_FIELD'].map((suffix) => feedSettingName(feed, suffix))
  const keyCure = `a compacted topic needs ${key} or ${field}`
  return {
    setting: feedSettingName(feed, 'SCHEMA'),
    holds: 'records',
    keyCure: keyRule(feed).kind === 'source' ? keyCure : undefined,
  }
}

/** The topic of all dead letters, which have no key. */
export function deadLetterUse({ names }: { readonly names: GivenNames }): TopicUse {
  const setting = settingName(names, 'DEAD_LETTER_TOPIC')
  const keyCure = `dead letters have no key: set its cleanup.policy to delete, or name another topic in ${setting}`
  return { setting, holds: 'dead letters', keyCure }
}

/** The topic of gap records, whose key is the source. */
export function gapUse({ names }: { readonly names?: GivenNames }): TopicUse {
  return { setting: settingName(names, 'GAPS_TOPIC'), holds: 'gap records', keyCure: undefined }
}
