/** The schemas in use: fetched once before they are needed, then kept current. */
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

/** What a subject's documents are encoded with; one object, so that id and plan always belong together. */
export interface SchemaInUse extends Known {
  readonly plan: Plan
}

/** The schemas of one encoder. */
export interface OpenSchemas extends Pick<Encoder, 'prepare' | 'forget' | 'close'> {
  readonly inUse: ReadonlyMap<string, SchemaInUse>
  readonly known: Encoder['schemas']
}

/** Where schemas are, what learns from it, and how documents are fitted to them. */
interface SchemaSource extends Pick<RegistryAccess, 'clock'> {
  readonly registry: RegistryConfig
  readonly fit: FitOptions
}

/** Refreshes come at 0.9 to 1.1 times the period, so that many daemons do not ask at once. */
const JITTER = 0.1

/**
 * Opens an empty set. `prepare` fetches a subject once (concurrent calls share one request) and throws `Unavailable`; the
 * first success starts the refreshing. `close` ends requests and timer. Emits `schema.fetched` for every success and
 * `schema.unavailable` when a subject's registry goes away or changes its reason, not for each failure.
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
        // The request is shared by feeds that call it differently.
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

/** Waits for what others may wait for too: giving up leaves it running. */
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
