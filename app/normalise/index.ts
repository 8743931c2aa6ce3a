/** The normalisers by name. */
import type { Normaliser } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'

/** Inputs of a normaliser besides its settings. Each feed has its own instance, which may keep state. */
export interface NormaliserGround {
  readonly feed: string
}

const normaliser = <S extends Settings>(declared: Kind<Normaliser, S, NormaliserGround>) => declared

/** Values of `FEED_<NAME>_NORMALISE`, applied in the order listed. */
export const normalisers = {
  'verifiable-credential': normaliser({
    help: 'renames @context of the object tradeCredential to context; the signature is not touched',
    settings: {},
    load: async () => {
      const { verifiableCredential } = await import('./verifiable-credential.ts')
      return () => verifiableCredential
    },
  }),
  delivery: normaliser({
    help: 'order_number becomes order_id, and every spelling of timestamp becomes 2025-01-19T12:34:56.789Z',
    settings: {},
    load: async () => {
      const { delivery } = await import('./delivery.ts')
      return () => delivery
    },
  }),
}
