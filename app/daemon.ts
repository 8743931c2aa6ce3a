/** Composition root: opens everything in order into one Scope, runs until told to stop, closes it in reverse. */
import { describeSources } from './dial/address.ts'
import { openDialler } from './dial/dialler.ts'
import { Encoders } from './encode/encoders.ts'
import { close, type LifeEnd, ledgers, remains, settles } from './ending.ts'
import { sentenceOf, Unusable } from './errors.ts'
import type { Emit } from './events.ts'
import { exitCodes } from './exit-codes.ts'
import type { FeedParts } from './feed.ts'
import { aborted } from './feed-needs.ts'
import { type Change, Feeds } from './feeds/index.ts'
import { type GapFeed, openGapFeed } from './gap-feed.ts'
import { GapStates } from './gap-states.ts'
import { Gaps } from './gaps/index.ts'
import { GAP_FEED } from './gaps/record.ts'
import { serve } from './http.ts'
import type { Config } from './kinds.ts'
import { tryOutAside } from './lane/disk/folder.ts'
import { leftOver } from './lane/disk/left-over.ts'
import { Clock } from './lib/clock.ts'
import { endProcess } from './lib/end-process.ts'
import { closeHttp } from './lib/http-client.ts'
import type { ReloadRequests } from './lib/reload-signal.ts'
import { Scope } from './lib/scope.ts'
import { sleep } from './lib/sleep.ts'
import type { Encoder } from './model.ts'
import { type PageSources, pages } from './pages.ts'
import { portProblem } from './port-problem.ts'
import { systemOf, writesToStdout } from './produce/systems.ts'
import { Reload } from './reload.ts'
import { Targets } from './targets.ts'
import { startLines } from './telemetry/daemon-lines.ts'
import { createTelemetry } from './telemetry/index.ts'
import { Status } from './telemetry/status.ts'

const STDOUT = 1
const STDERR = 2

/** What the caller hands in beside the configuration. `stop` resolves with the name of the signal that asked to stop. */
export interface DaemonOptions {
  readonly version: string
  readonly stop: Promise<string>
  /** When to read the configuration again, and how; `read` throws `ConfigError`. */
  readonly reload?: { readonly requests: ReloadRequests; readonly read: () => Promise<Config> }
}

/** What the daemon consists of once all is open. */
interface Open {
  readonly feeds: Feeds
  /** The feeds of the start, which do not run before it is committed. */
  readonly first: Change
  readonly gapFeed: GapFeed
  readonly reload: Reload
}

/**
 * Runs until `stop` resolves, or until no feed could start in time. Resolves with the exit code; rejects only for a bug of ours.
 * Told to stop, it ends within DRAIN_TIMEOUT, whatever it is at, or CLOSE_MS later. Where something hangs even then, it ends the process.
 */
export async function runDaemon(config: Config, options: DaemonOptions): Promise<number> {
  const scope = new Scope()
  const daemon = observed(config, options.version)
  const { emit, log } = daemon.telemetry
  try {
    const { code, deadline, isStuck } = await life(config, daemon, scope, options)
    const isClosed = await close(scope, deadline)
    const { kept, undelivered } = remains(daemon.feeds)
    const end = code === exitCodes.ok && undelivered > 0 ? exitCodes.undelivered : code
    emit({ type: 'daemon.stopped', code: end, undelivered, kept, ledgers: ledgers(daemon.feeds) })
    await log.flush()
    if (isStuck || !isClosed) endProcess(end, true)
    return end
  } catch (error) {
    await close(scope)
    await log.flush()
    throw error
  }
}

/** From the opening to the moment when all that can be delivered is. */
async function life(
  config: Config,
  daemon: Observable,
  scope: Scope,
  { stop, reload: reloads }: DaemonOptions,
): Promise<LifeEnd> {
  const { emit, log } = daemon.telemetry
  const end = (code: number, isStuck = false): LifeEnd => ({
    code,
    deadline: performance.now() + config.drainTimeoutMs,
    isStuck,
  })
  try {
    const opening = new AbortController()
    const opened = openAll(config, daemon, scope, opening.signal)
    const open = await Promise.race([opened, stop])
    if (typeof open === 'string') {
      emit({ type: 'daemon.stopping', signal: open })
      opening.abort()
      return end(exitCodes.ok, !(await settles(opened, config.drainTimeoutMs)))
    }
    const { feeds, first, gapFeed, reload } = open
    first.commit()
    const reloading = scope.use(new AbortController(), (it) => it.abort())
    const bug = Promise.race([feeds.failed, gapFeed.failed, keepReloading(reload, reloads, reloading.signal)])
    const signal = await Promise.race([stop, startupFailed(feeds, config.startupTimeoutMs), bug])
    if (signal === undefined) {
      for (const [name, why] of feeds.parked()) log.hideAndWrite(startLines.feed.line({ feed: name, detail: why }))
      return end(exitCodes.unavailable)
    }
    emit({ type: 'daemon.stopping', signal })
    const ended = end(exitCodes.ok)
    reloading.abort()
    await Promise.race([drain(open, AbortSignal.timeout(config.drainTimeoutMs)), bug])
    return ended
  } catch (error) {
    const trouble = startTrouble(error, config)
    if (trouble === undefined) throw error
    log.hideAndWrite(startLines.daemon.line({ detail: trouble }))
    return end(exitCodes.unavailable)
  }
}

/** What is looked at from outside, there before anything is opened. */
interface Observable extends PageSources {
  readonly clock: Clock
  readonly feeds: Map<string, FeedParts>
  encoders: Encoders | undefined
}

function observed(config: Config, version: string): Observable {
  const { secrets } = config
  const used = new Set(config.feeds.map(({ sink }) => sink))
  const status = new Status([...used].flatMap((sink) => systemOf(sink) ?? []))
  const feeds = new Map<string, FeedParts>()
  const schemas = (): Encoder['schemas'] => daemon.encoders?.schemas ?? new Map()
  const gaps = new Gaps()
  const clock = new Clock((difference) => telemetry.emit({ type: 'clock.differs', ...difference }))
  const telemetry = createTelemetry({
    commonLabels: config.labels,
    maxUrls: config.metricsMaxUrls,
    logLevel: config.logLevel,
    secrets,
    logFd: writesToStdout(config) ? STDERR : STDOUT,
    version,
    observed: { status, gaps, feeds, schemas, clock },
  })
  const daemon: Observable = { version, status, gaps, feeds, schemas, telemetry, secrets, clock, encoders: undefined }
  return daemon
}

/** Everything in order, the operator's port first; each thing opened registers its close. Rejects with the reason of `signal` when that aborts. */
async function openAll(config: Config, daemon: Observable, scope: Scope, signal: AbortSignal): Promise<Open> {
  const { emit } = daemon.telemetry
  const { gaps, status } = daemon
  const { secrets } = config
  // Before anybody can ask for them.
  for (const { name, urls } of config.feeds) status.addFeed(name, describeSources(name, urls ?? [], secrets.paths))
  const http = scope.use(await serve(pages(daemon), config.metricsHost, config.metricsPort), (it) => it.close())
  emit({ type: 'http.listening', host: config.metricsHost, port: http.port })
  for (const problem of config.warnings) emit({ type: 'daemon.warned', warning: sentenceOf(problem) })
  if (config.lane.directory !== undefined) await tryOutAside(config.lane.directory, signal)
  scope.use(closeHttp, (close) => close())
  const { clock, version } = daemon
  const { registry } = config
  const hide = (text: string, feed: string) => secrets.hide(text, feed)
  const targets = scope.use(new Targets(config, { emit, clock, version, hide }), (it) => it.close())
  const encoders = scope.use(new Encoders({ registry, clock, emit }), (it) => it.close())
  daemon.encoders = encoders
  const dial = openDialler(config.dialRate, secrets, emit)
  const gapStates = new GapStates(config.lane, gaps, emit)
  const parts = daemon.feeds
  const shared = { encoders, targets, gaps, clock, dial, emit, status, gapStates, parts }
  const feeds = scope.use(new Feeds(config, shared), (it) => it.close())
  const first = await feeds.prepare(config.feeds, signal)
  signal.throwIfAborted()
  const sources = config.feeds.reduce((sum, feed) => sum + (feed.urls?.length ?? 0), 0)
  const sink = [...new Set(config.feeds.map((feed) => feed.sink))].join(', ')
  emit({ type: 'daemon.started', version, feeds: config.feeds.length, sources, sink })
  await gapStates.begin()
  scope.use(gapStates, (it) => it.stop())
  const encoder = await encoders.of({ format: 'avro' })
  const gapFeed = await openGapFeed(config, { ...daemon, encoder, targets, emit }, scope)
  const ended = scope.use(new AbortController(), (it) => it.abort())
  void lookLeftOver(config, emit, ended.signal)
  const reload = scope.use(new Reload(config, feeds, emit), (it) => it.stop())
  return { feeds, first, gapFeed, reload }
}

/** Warns of each lane of a feed that is no longer configured. Never rejects. */
async function lookLeftOver({ lane: { directory }, feeds }: Config, emit: Emit, signal: AbortSignal): Promise<void> {
  if (directory === undefined) return
  const names = [...feeds.map(({ name }) => name), GAP_FEED]
  try {
    for await (const warning of leftOver(directory, names, signal)) emit({ type: 'daemon.warned', warning })
  } catch (error) {
    if (!signal.aborted)
      emit({ type: 'daemon.warned', warning: error instanceof Error ? error.message : String(error) })
  }
}

/** Resolves (with undefined) when no feed has started within `timeoutMs`; never when one has, or when `timeoutMs` is 0. */
async function startupFailed(feeds: Feeds, timeoutMs: number): Promise<undefined> {
  if (timeoutMs > 0) {
    const anyStarted = feeds.started.then(() => true)
    if (!(await Promise.race([anyStarted, sleep(timeoutMs)]))) return undefined
  }
  return new Promise(() => {})
}

/** Reads the configuration again whenever it is asked to, until `signal` aborts. Never resolves; rejects for a bug of ours. */
async function keepReloading(reload: Reload, reloads: DaemonOptions['reload'], signal: AbortSignal): Promise<never> {
  while (reloads && !signal.aborted) {
    await reloads.requests.next(signal)
    if (!signal.aborted) await reload.reload(reloads.read)
  }
  return new Promise(() => {})
}

/** Resolves when all is delivered or kept, or when `deadline` aborts. */
async function drain({ feeds, gapFeed, reload }: Open, deadline: AbortSignal): Promise<void> {
  gapFeed.stopping()
  await Promise.race([reload.stop(), aborted(deadline)])
  await feeds.drain(deadline)
  await gapFeed.drain(deadline)
}

/** What an operator is told when the daemon cannot be opened on this machine; undefined for a bug of ours. */
function startTrouble(error: unknown, config: Config): string | undefined {
  if (error instanceof Unusable) return error.message
  const problem = portProblem(error, config)
  return problem && sentenceOf(problem)
}
