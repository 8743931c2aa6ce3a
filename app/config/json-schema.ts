/** The JSON Schema (draft 2020-12) of the configuration file. It describes the usual spelling; the daemon takes a few more. */
import type { JsonSchema } from '../settings/format.ts'
import type { Setting, Settings } from '../settings/setting.ts'
import { settingKeys } from './file/keys.ts'
import type { Kinds } from './kinds.ts'
import { fileTables } from './tables/index.ts'

/** A text with something of the environment in it may stand anywhere. */
const VARIABLE = { type: 'string', pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}' }
/** Nothing: as if the key were not there. */
const NOTHING = { type: 'null' }

/** The schema of all settings of the house and of the kinds. */
export function jsonSchema(kinds: Kinds): JsonSchema {
  const { house, feed } = fileTables(kinds)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Tributary',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      ...properties(house),
      feeds: {
        type: ['object', 'null'],
        description: 'The feeds by name.',
        propertyNames: { pattern: '^[a-z0-9][a-z0-9_]{0,99}$' },
        additionalProperties: { $ref: '#/$defs/feed' },
      },
    },
    $defs: { feed: { type: ['object', 'null'], additionalProperties: false, properties: properties(feed) } },
  }
}

function properties(table: Settings): Readonly<Record<string, JsonSchema>> {
  const keys = [...settingKeys(table)]
  return Object.fromEntries(
    keys.map(([key, name]) => {
      const setting = table[name]
      return [key, setting ? schemaOf(setting) : ofFile(key.replace(/_file$/, ''))]
    }),
  )
}

function schemaOf({ format, help, default: preset, example }: Setting<unknown>): JsonSchema {
  return {
    description: `${help} Value: ${format.expects}.`,
    anyOf: [format.schema, VARIABLE, NOTHING],
    ...(preset !== undefined && { default: preset }),
    ...(example !== undefined && { examples: [example] }),
  }
}

function ofFile(key: string): JsonSchema {
  return { description: `The path of a file that holds ${key}.`, type: ['string', 'null'] }
}
