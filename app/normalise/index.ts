/** The normalisers by name: one line each. */
import type { Kind, Normaliser } from '../model.ts'

/** What `FEED_<NAME>_NORMALISE` may list; applied in the order listed. */
export const normalisers = {
  'verifiable-credential': {
    help: 'renames @context of the object tradeCredential to context; the signature is not touched',
    load: async () => (await import('./verifiable-credential.ts')).verifiableCredential,
  },
  delivery: {
    help: 'order_number becomes order_id, and every spelling of timestamp becomes 2025-01-19T12:34:56.789Z',
    load: async () => (await import('./delivery.ts')).delivery,
  },
} as const satisfies Record<string, Kind<Normaliser>>
