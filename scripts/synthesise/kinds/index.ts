/** The kinds of upstream by name: one file and one line each. */
import { credentialMessages } from './credentials.ts'
import { deliveryMessages } from './deliveries.ts'
import { finnhubMessages, subscribeFinnhub } from './finnhub.ts'
import type { UpstreamKind } from './kind.ts'
import { readingMessages } from './readings.ts'
import { tradeMessages } from './trades.ts'

const registry = {
  trades: { help: 'plain trades, one a message', signed: false, messages: tradeMessages },
  credentials: { help: 'trades as signed verifiable credentials', signed: true, messages: credentialMessages },
  readings: { help: 'health sensor readings with a signed JWT', signed: true, messages: readingMessages },
  deliveries: { help: 'deliveries of Mars in every spelling', signed: false, messages: deliveryMessages },
  finnhub: {
    help: 'raw Finnhub: waits for {"type":"subscribe","symbol":…}',
    signed: false,
    messages: finnhubMessages,
    subscribe: subscribeFinnhub,
  },
} satisfies Record<string, UpstreamKind>

/** The name of a kind. */
export type KindName = keyof typeof registry

/** Every kind. */
export const kinds: Readonly<Record<KindName, UpstreamKind>> = registry

/** Whether a text names a kind. */
export function isKindName(text: string): text is KindName {
  return Object.hasOwn(registry, text)
}
