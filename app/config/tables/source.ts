/** Where the configuration is, which only the environment can say. */
import { text } from '../../settings/formats/basic.ts'
import type { Settings } from '../../settings/setting.ts'

/** Read where it is there, unless TRIBUTARY_CONFIG names another. */
export const USUAL_FILE = '/etc/tributary/tributary.yaml'

export const sourceSettings = {
  TRIBUTARY_CONFIG: {
    group: 'Configuration file',
    format: text('the path of a YAML file'),
    help: `A file with settings, over which variables win: lane_dir is LANE_DIR, feeds.quotes.urls is FEED_QUOTES_URLS. Unset: ${USUAL_FILE}, where it is there. tributary schema prints its JSON Schema, tributary config what is in force.`,
    example: USUAL_FILE,
  },
} satisfies Settings
