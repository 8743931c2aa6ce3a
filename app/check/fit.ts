/** What becomes of messages in the steps of their feed, up to the point where their records would be produced. */
import type { Emit } from '../events.ts'
import { feedSteps } from '../feed-steps.ts'
import type { Config, FeedConfig } from '../kinds.ts'
import { oneBatch } from '../lane/one-batch.ts'
import { createLedger } from '../ledger.ts'
import { Clock } from '../lib/clock.ts'
import type { DeadLetters, Encoder, Message, Outlet } from '../model.ts'
import { deliver } from '../pipeline.ts'

/** Documents of some messages. */
export interface Fit {
  readonly fitting: number
  /** By reason: how many, and what was said of the first; without content. */
  readonly others: ReadonlyMap<string, { readonly documents: number; readonly detail: string }>
}

/** Looks at messages of one feed. */
export type Fitter = (messages: readonly Message[]) => Promise<Fit>

const NOWHERE: DeadLetters = { prepare: async () => {}, take: () => false, topic: undefined }
/** Takes every record, and writes none. */
const OUTLET: Outlet = {
  open: async () => {},
  find: async () => false,
  add: (_destination, _record, settlement) => settlement.produced(1),
}

/** A fitter with the real steps of `feed`. The encoder must be prepared. */
export async function fitter(feed: FeedConfig, config: Config, encoder: Encoder): Promise<Fitter> {
  const steps = await feedSteps(feed, config, new Clock())
  const own = encoder.fork()
  return async (messages) => {
    const ledger = createLedger()
    const details = new Map<string, string>()
    const emit: Emit = (event) => {
      if (event.type === 'document.refused' && !details.has(event.reason)) details.set(event.reason, event.detail)
    }
    const bytes = messages.reduce((sum, { data }) => sum + data.length, 0)
    const parts = { ...steps, name: feed.name, encoder: own, outlet: OUTLET, deadLetters: NOWHERE, ledger, emit }
    const lane = oneBatch({ messages, bytes })
    await deliver({ ...parts, lane, maxAgeMs: feed.maxAgeMs }, new AbortController().signal)
    const others = [...ledger.refused, ...ledger.expired].map(([reason, documents]) => {
      return [reason, { documents, detail: details.get(reason) ?? 'it is too old' }] as const
    })
    return { fitting: ledger.produced, others: new Map(others) }
  }
}
