/** Normalises trades signed as verifiable credentials: `@context` is no valid Avro name. */
import type { Document } from '../model.ts'

/**
 * Renames the key `@context` of the object `tradeCredential` to `context`, replacing an existing `context`, since the signature
 * covers `@context`. Returns other documents unchanged.
 */
export function verifiableCredential(document: Document): Document {
  const credential = document.tradeCredential
  if (typeof credential !== 'object' || credential === null || !Object.hasOwn(credential, '@context')) return document
  // Rest and spread define own properties, so a `__proto__` key is harmless.
  const { '@context': context, ...others } = credential as Document
  return { ...document, tradeCredential: { ...others, context } }
}
