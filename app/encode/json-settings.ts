/** The settings of the format JSON. */
import { format, refuse } from '../settings/format.ts'
import type { Settings, Values } from '../settings/setting.ts'

const NO_SCHEMA = 'none'
const NOT_READ = 'schemas from files are not read yet'

export const jsonSettings = {
  SCHEMA_FILE: {
    group: 'Feeds by name',
    format: format(
      'none',
      (given) =>
        given.trim().toLowerCase() === NO_SCHEMA
          ? NO_SCHEMA
          : refuse(`must be none: documents as they are; ${NOT_READ}`),
      { shown: false },
    ),
    help: 'What fits the documents of FORMAT=json. none: nothing does, each is written as it is after NORMALISE, and no schema registry is asked.',
    example: NO_SCHEMA,
    required: true,
  },
} satisfies Settings

export type JsonValues = Values<typeof jsonSettings>
