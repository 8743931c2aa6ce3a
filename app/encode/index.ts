/** The formats of a record's value by name: one line each. */
import type { RegistryConfig } from '../config/types.ts'
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Encoder } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'

/** What an encoder is made with besides its settings. */
export interface EncoderGround {
  readonly registry: RegistryConfig
  /** Learns from what the registry says of the time. */
  readonly clock: Clock
  readonly emit: Emit
}

/** A format of values. `needs`: settings of the house without which it cannot work. */
export interface EncoderKind<S extends Settings = Settings> extends Kind<Encoder, S, EncoderGround> {
  readonly needs: readonly 'registry'[]
}

const encoder = <S extends Settings>(declared: EncoderKind<S>) => declared

export const encoders = {
  avro: encoder({
    help: 'Avro with the latest schema of the subject, behind its id in five bytes',
    needs: ['registry'],
    settings: {},
    load: async () => {
      const { avro } = await import('./avro.ts')
      return (_, ground) => avro(ground)
    },
  }),
}
