/** The headers of a dead letter, by what they say. All are UTF-8 text. */

/** Written with each dead letter, and read by `tributary redrive`. */
export const deadLetterHeaders = {
  feed: 'tributary-feed',
  source: 'tributary-source',
  reason: 'tributary-reason',
  error: 'tributary-error',
  receivedAt: 'tributary-received-at',
  receivedAtRaw: 'tributary-received-at-raw',
  schemaId: 'tributary-schema-id',
  version: 'tributary-version',
  length: 'tributary-length',
  sha256: 'tributary-sha256',
  document: 'tributary-document',
  documents: 'tributary-documents',
  shape: 'tributary-shape',
} as const
