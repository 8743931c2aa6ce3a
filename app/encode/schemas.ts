/** The schemas in use: fetched before their first use, then refreshed. */
import type { RegistryConfig } from '../config/types.ts'
import { Unavailable, type UnavailableReason } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { FitOptions } from '../fit/options.ts'
import type { Plan } from '../fit/plan.ts'
import { steadyNow } from '../lib/clock.ts'
import type { Encoder } from '../model.ts'
import { withRegistryCure } from './cures.ts'
import { misfitOf } from './misfit.ts'
import { type Known, latestSchema, type RegistryAccess } from './registry.ts'
import { compileSchema } from './schema.ts'

/** The schema of a subject. One object, so id and plan always match. */
export interface SchemaInUse extends Known {
  readonly plan: Plan
}

/** The schemas of one encoder. */
export interface OpenSchemas extends Pick<Encoder, 'prepare' | 'forget' | 'close'> {
  readonly inUse: ReadonlyMap<string, SchemaInUse>
  readonly known: Encoder['schemas']
}

/** Refreshes are spread over 0.9 to 1.1 times the period, which spreads the load of many daemons. */
interface SchemaSource extends Pick<RegistryAccess, 'clock'> {
  readonly registry: RegistryConfig
  readonly fit: FitOptions
}

/** The registry, the clock that its responses set, and how documents are fitted. */
const JITTER = 0.1

/**
 * Opens an empty set. `prepare` fetches a subject once (concurrent calls share a request) and throws `Unavailable`;
 * the first success starts the refreshes. `close` ends requests and timer.
 * Emits `schema.fetched` for every success, and `schema.unavailable` for the first failure of a subject and for each
 * new reason.
 */
export function openSchemas({ registry, clock, fit }: SchemaSource, emit: Emit): OpenSchemas {
  const inUse = new Map<string, SchemaInUse>()
  const known = new Map<string, { id: number; version: number; fetchedAt: number }>()
  const wanted = new Set<string>()
  const failing = new Map<string, UnavailableReason>()
  const fetching = new Map<string, Promise<void>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined

  const fetchNow = async (subject: string): Promise<void> => {
    try {
      const { id, version, print, texts } = await latestSchema(
        { ...registry, clock },
        subject,
        closing.signal,
        inUse.get(subject),
      )
      if (!wanted.has(subject)) return
      if (texts) inUse.set(subject, { id, print, plan: compileSchema(subject, texts, fit) })
      known.set(subject, { id, version, fetchedAt: steadyNow() })
      const recovered = failing.delete(subject)
      const plan = texts && inUse.get(subject)?.plan
      const changed = texts !== undefined
      emit({ type: 'schema.fetched', subject, id, version, changed, recovered, misfit: plan && misfitOf(plan) })
    } catch (thrown) {
      const error = withRegistryCure(thrown, subject, registry.names)
      if (error instanceof Unavailable && !closing.signal.aborted && failing.get(subject) !== error.reason) {
        failing.set(subject, error.reason)
        const { reason, message } = error
        emit({ type: 'schema.unavailable', subject, reason, detail: message, inUse: inUse.has(subject) })
      }
      throw error
    }
  }

  const fetchShared = (subject: string): Promise<void> => {
    const running = fetching.get(subject)
    if (running) return running
    const started = fetchNow(subject).finally(() => fetching.delete(subject))
    fetching.set(subject, started)
    return started
  }

  const refreshLater = (): void => {
    if (timer || closing.signal.aborted) return
    const delay = registry.refreshMs * (1 - JITTER + 2 * JITTER * Math.random())
    timer = setTimeout(async () => {
      await Promise.allSettled([...inUse.keys()].map(fetchShared))
      timer = undefined
      if (inUse.size > 0) refreshLater()
    }, delay).unref()
  }

  return {
    inUse,
    known,
    prepare: async (subject, signal, setting) => {
      wanted.add(subject)
      if (inUse.has(subject)) return
      await untilAborted(fetchShared(subject), subject, signal).catch((error: unknown) => {
        // Feeds that share the request may name different settings.
        throw withRegistryCure(error, subject, registry.names, setting)
      })
      refreshLater()
    },
    forget: (subject) => {
      wanted.delete(subject)
      inUse.delete(subject)
      known.delete(subject)
      failing.delete(subject)
    },
    close: async () => {
      closing.abort()
      clearTimeout(timer)
      await Promise.allSettled(fetching.values())
    },
  }
}

/** Waits for shared work. An abort ends the wait, not the work. */
async function untilAborted(work: Promise<void>, subject: string, signal: AbortSignal): Promise<void> {
  let giveUp = (): void => {}
  const gaveUp = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(new Unavailable('unknown', `gave up waiting for the schema of ${subject}`))
  })
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await Promise.race([work, gaveUp])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
