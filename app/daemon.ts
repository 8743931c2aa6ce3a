/** Composition root: opens everything in order into one Scope, runs until told to stop, closes it in reverse. */
import type { Config, FeedConfig } from './config/types.ts'
import { describeSources } from './dial/address.ts'
import { openDialler } from './dial/dialler.ts'
import { avro } from './encode/avro.ts'
import type { Emit } from './events.ts'
import { type FeedParts, type RunningFeed, runFeed } from './feed.ts'
import { serve } from './http.ts'
import { lanes } from './lane/index.ts'
import { createLedger, ledgerReport } from './ledger.ts'
import { closeHttp } from './lib/http-client.ts'
import { Scope } from './lib/scope.ts'
import { sleep } from './lib/sleep.ts'
import type { Encoder, Outlet } from './model.ts'
import { normalisers } from './normalise/index.ts'
import { pages } from './pages.ts'
import { parsers } from './parse/index.ts'
import { headersOf } from './produce/headers.ts'
import { hold } from './produce/hold.ts'
import { sinks } from './produce/index.ts'
import { bySchema } from './route/by-schema.ts'
import { Status } from './status.ts'
import { createTelemetry } from './telemetry/index.ts'

/** Exit codes of a run (sysexits.h where it has one). */
export const exitCodes = { ok: 0, undelivered: 1, unavailable: 69, configuration: 78 } as const

const STDOUT = 1
const STDERR = 2

/** What the caller hands in beside the configuration. `stop` resolves with the name of the signal that asked to stop. */
export interface DaemonOptions {
  readonly version: string
  readonly stop: Promise<string>
}

/** Runs until `stop` resolves, or until no feed could start in time. Resolves with the exit code; rejects only for a bug of ours. */
export async function runDaemon(config: Config, { version, stop }: DaemonOptions): Promise<number> {
  const scope = new Scope()
  const sinkKind = sinks[config.sink as keyof typeof sinks]
  const status = new Status(!('offline' in sinkKind))
  const parts = new Map<string, FeedParts>()
  let encoder: Encoder | undefined
  const schemas = (): Encoder['schemas'] => encoder?.schemas ?? new Map()
  const telemetry = createTelemetry({
    commonLabels: config.labels,
    maxUrls: config.metricsMaxUrls,
    logLevel: config.logLevel,
    logFd: 'takesStdout' in sinkKind ? STDERR : STDOUT,
    version,
    observed: { status, feeds: parts, schemas },
  })
  const { emit } = telemetry
  const finish = (code: number, undelivered = 0): number => {
    emit({ type: 'daemon.stopped', code, undelivered, ledgers: ledgers(parts) })
    return code
  }
  try {
    const http = await serve(
      pages({ version, status, feeds: parts, schemas, telemetry }),
      config.metricsHost,
      config.metricsPort,
    )
    scope.use(http, () => http.close())
    emit({ type: 'http.listening', host: config.metricsHost, port: http.port })
    for (const warning of config.warnings) emit({ type: 'daemon.warned', warning })
    scope.use(closeHttp, (close) => close())
    const sink = scope.use((await sinkKind.load())(config.kafka, emit), (it) => it.close())
    const outlet = scope.use(hold(sink, { lingerMs: config.lingerMs, brokers: config.kafka.brokers }, emit), (it) =>
      it.close(),
    )
    encoder = scope.use(avro({ registry: config.registry, emit }), (it) => it.close())
    const dial = await openDialler(config.dialRate, emit)
    for (const feed of config.feeds) {
      const made = await makeParts(feed, config, { encoder, outlet, dial, emit })
      parts.set(feed.name, made)
      status.addFeed(feed.name, made.sources)
    }
    const sources = [...parts.values()].reduce((sum, feed) => sum + feed.sources.length, 0)
    emit({ type: 'daemon.started', version, feeds: parts.size, sources, sink: config.sink })

    const running = [...parts.values()].map(runFeed)
    const bug = Promise.all(running.map((feed) => feed.ended)).then(() => new Promise<never>(() => {}))
    const signal = await Promise.race([stop, startupFailed(running, config.startupTimeoutMs), bug])
    if (signal === undefined) {
      for (const feed of running) telemetry.log.error(`feed ${feed.name} could not start: ${feed.parkedBecause()}`)
      return finish(exitCodes.unavailable)
    }
    emit({ type: 'daemon.stopping', signal })
    const undelivered = await Promise.race([drain(running, parts, config.drainTimeoutMs), bug])
    return finish(undelivered > 0 ? exitCodes.undelivered : exitCodes.ok, undelivered)
  } catch (error) {
    if (!isPortTrouble(error)) throw error
    telemetry.log.error(
      `METRICS_PORT ${config.metricsPort} on METRICS_HOST ${config.metricsHost} cannot be listened on (${error.code}): choose another, or end the program that has it`,
    )
    return finish(exitCodes.unavailable)
  } finally {
    await scope.close()
    await telemetry.log.flush()
  }
}

interface Shared {
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly dial: Awaited<ReturnType<typeof openDialler>>
  readonly emit: Emit
}

async function makeParts(
  feed: FeedConfig,
  config: Config,
  { encoder, outlet, dial, emit }: Shared,
): Promise<FeedParts> {
  const sources = describeSources(feed.name, feed.urls)
  const openLane = await lanes.memory.load()
  return {
    name: feed.name,
    sources,
    dial: (source, signal) => dial(feed, source, sources.indexOf(source), signal),
    lane: openLane(feed.name, { laneMaxBytes: feed.laneMaxBytes, maxInFlightBatches: config.maxInFlightBatches }),
    parse: (await parsers.json.load())(),
    normalise: await Promise.all(feed.normalise.map((name) => normalisers[name as keyof typeof normalisers].load())),
    router: bySchema(feed),
    encoder,
    outlet,
    headers: headersOf(config.recordHeaders),
    ledger: createLedger(),
    emit,
  }
}

/** Resolves (with undefined) when no feed has started within `timeoutMs`; never when one has, or when `timeoutMs` is 0. */
async function startupFailed(running: readonly RunningFeed[], timeoutMs: number): Promise<undefined> {
  if (timeoutMs > 0) {
    const anyStarted = Promise.race(running.map((feed) => feed.started)).then(() => true)
    if (!(await Promise.race([anyStarted, sleep(timeoutMs)]))) return undefined
  }
  return new Promise(() => {})
}

/** Resolves with how many messages are left undelivered when `timeoutMs` is over, at the latest. */
async function drain(
  running: readonly RunningFeed[],
  parts: ReadonlyMap<string, FeedParts>,
  timeoutMs: number,
): Promise<number> {
  const deadline = AbortSignal.timeout(timeoutMs)
  await Promise.all(running.map((feed) => feed.drain(deadline)))
  for (const feed of running) feed.halt()
  let left = 0
  for (const { lane } of parts.values()) left += lane.durable ? 0 : lane.held.messages
  return left
}

function ledgers(parts: ReadonlyMap<string, FeedParts>): Record<string, ReturnType<typeof ledgerReport>> {
  return Object.fromEntries(
    [...parts].map(([name, { ledger, lane }]) => [name, ledgerReport(ledger, lane.held.messages)]),
  )
}

function isPortTrouble(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen'
}
