/** What the topics of a run are for. */
import type { Config, FeedConfig } from '../config/types.ts'
import { feedSettingName, type GivenNames, settingName } from '../lib/setting-names.ts'
import type { TopicUse } from '../model.ts'

/** The topic of a feed's records. */
export function recordUse(feed: Pick<FeedConfig, 'name' | 'names' | 'key'>): TopicUse {
  const [key, field] = ['KEY', 'KEY_FIELD'].map((suffix) => feedSettingName(feed, suffix))
  const keyCure = `a compacted topic needs ${key} or ${field}`
  return {
    setting: feedSettingName(feed, 'SCHEMA'),
    holds: 'records',
    keyCure: feed.key.kind === 'source' ? keyCure : undefined,
  }
}

/** The topic of all dead letters, which have no key. */
export function deadLetterUse({ names }: Pick<Config, 'names'>): TopicUse {
  const setting = settingName(names, 'DEAD_LETTER_TOPIC')
  const keyCure = `dead letters have no key: set its cleanup.policy to delete, or name another topic in ${setting}`
  return { setting, holds: 'dead letters', keyCure }
}

/** The topic of gap records, whose key is the source. */
export function gapUse({ names }: { readonly names?: GivenNames }): TopicUse {
  return { setting: settingName(names, 'GAPS_TOPIC'), holds: 'gap records', keyCure: undefined }
}
