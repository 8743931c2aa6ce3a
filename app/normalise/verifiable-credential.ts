/** Trades signed as verifiable credentials: `@context` is no Avro name. */
import type { Document } from '../model.ts'

/**
 * If the document has an object `tradeCredential` with the key `@context`, that key becomes `context` (and replaces a
 * `context` that is there as well: the signature covers `@context`). Any other document is returned as it is.
 */
export function verifiableCredential(document: Document): Document {
  const credential = document.tradeCredential
  if (typeof credential !== 'object' || credential === null || !Object.hasOwn(credential, '@context')) return document
  // Rest and spread define own properties, so that a `__proto__` key stays harmless.
  const { '@context': context, ...others } = credential as Document
  return { ...document, tradeCredential: { ...others, context } }
}
