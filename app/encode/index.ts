/** The formats of a record's value. A new format needs one entry here. */
import type { RegistryConfig } from '../config/types.ts'
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Encoder } from '../model.ts'
import { choice } from '../settings/formats/basic.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'
import { jsonSettings } from './json-settings.ts'

/** Options of an encoder besides its settings. */
export interface EncoderGround {
  readonly registry: RegistryConfig
  /** Set from the times in the registry's responses. */
  readonly clock: Clock
  readonly emit: Emit
}

/** A format of values. `needs`: required global settings. */
export interface EncoderKind<S extends Settings = Settings> extends Kind<Encoder, S, EncoderGround> {
  readonly needs: readonly 'registry'[]
}

/** Settings for fitting documents to a schema. */
const fitSettings = {
  COERCE: {
    group: 'Feeds by name',
    format: choice(['safe', 'none']),
    default: 'safe',
    help: 'safe converts what keeps its meaning: text that is a number, a time or a decimal, numbers that are text, branches of unions by their shape, unknown symbols to the default of their enum. none takes only values that have the type of the schema.',
    example: 'none',
  },
  BYTES: {
    group: 'Feeds by name',
    format: choice(['base64', 'avro-json']),
    help: 'How text stands for bytes and fixed: base64, or avro-json (each character is the byte of its number). Without it text does not fit them.',
    example: 'base64',
  },
  TIME_UNIT: {
    group: 'Feeds by name',
    format: choice(['s', 'ms', 'us', 'ns', 'auto']),
    help: 'The unit of numbers that stand for timestamps (logical types timestamp-… and local-timestamp-…); auto goes by their size. Without it a number has the unit of its type.',
    example: 's',
  },
} satisfies Settings

const encoder = <S extends Settings>(declared: EncoderKind<S>) => declared

export const encoders = {
  avro: encoder({
    help: 'Avro with the latest schema of the subject, behind its id in five bytes',
    needs: ['registry'],
    settings: fitSettings,
    load: async () => {
      const { avro } = await import('./avro.ts')
      return (values, ground) => avro({ ...ground, fit: values })
    },
  }),
  json: encoder({
    help: 'the document as compact JSON, without a schema (SCHEMA_FILE=none)',
    needs: [],
    settings: jsonSettings,
    load: async () => {
      const { jsonEncoder } = await import('./json.ts')
      return (values) => jsonEncoder(values)
    },
  }),
}
