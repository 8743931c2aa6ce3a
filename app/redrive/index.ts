/** Redrive: opens Kafka and the encoders, sends dead letters through the present configuration, and prints a report. */
import { Encoders } from '../encode/encoders.ts'
import { ConfigError, Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { Config } from '../kinds.ts'
import { Clock } from '../lib/clock.ts'
import { closeHttp } from '../lib/http-client.ts'
import { Scope } from '../lib/scope.ts'
import { sleep } from '../lib/sleep.ts'
import type { Outlet } from '../model.ts'
import { hold } from '../produce/hold.ts'
import { sinks } from '../produce/index.ts'
import { loadTopicReader, type Stretch, type TopicReader } from '../produce/topic-reader.ts'
import { entryOf, loadKind } from '../settings/kind.ts'
import { byTime } from './by-time.ts'
import { dryOutlet } from './dry-outlet.ts'
import { findLetters } from './find.ts'
import { InFlightWindow } from './in-flight-window.ts'
import type { RedriveOptions } from './options.ts'
import { type RedriveOutcome, reportLines } from './report.ts'
import { Resender } from './resend.ts'
import { LetterScan } from './scan.ts'

const SAY_EVERY_MS = 5_000

/** Output of a redrive. `stop` resolves when the redrive must end early. */
export interface RedriveSurroundings {
  /** Prints a line of the report. Unused when records go to standard output: then `note` gets the report. */
  readonly print: (line: string) => void
  /** Prints a line about progress or trouble. */
  readonly note: (line: string) => void
  readonly stop: Promise<unknown>
}

/** Waits until every record sent is acknowledged. Throws `ConfigError`, and `Unavailable` when no topic can be read. */
export async function redrive(
  options: RedriveOptions,
  config: Config,
  outside: RedriveSurroundings,
): Promise<RedriveOutcome> {
  const surroundings = surroundingsWithoutSecrets(outside, config)
  if (config.kafka.brokers.length === 0) {
    throw new ConfigError(['BOOTSTRAP_SERVERS is missing: dead letters are read from Kafka.'])
  }
  const scope = new Scope()
  try {
    const openReader = await loadTopicReader()
    const reader = scope.use(openReader(config.kafka, config.startupTimeoutMs), (it) => it.close())
    const stretches = await findLetters(reader, options, config)
    const { scan, isWell } = await scanLetters(stretches, reader, { options, config, surroundings, scope })
    const places = [...new Set(stretches.map(({ topic }) => topic))].join(', ')
    const { print, note } = surroundings
    const isTaken = options.go && entryOf(sinks, config.sink).needs.includes('stdout')
    for (const line of reportLines(scan, places, options.go)) (isTaken ? note : print)(line)
    if (!isWell) return 'unavailable'
    return scan.summary.notSent > 0 || scan.left === 'stopped' ? 'undelivered' : 'ok'
  } finally {
    await scope.close()
  }
}

/** Hides secrets in every line printed. */
function surroundingsWithoutSecrets(
  { print, note, stop }: RedriveSurroundings,
  { secrets }: Config,
): RedriveSurroundings {
  const hiding = (say: (line: string) => void) => (line: string) => say(secrets.hideAll(line))
  return { print: hiding(print), note: hiding(note), stop }
}

interface Task {
  readonly options: RedriveOptions
  readonly config: Config
  readonly surroundings: RedriveSurroundings
  readonly scope: Scope
}

/** `isWell` is false when Kafka, the registry or a topic was unavailable; the scan still counts the records sent before. */
async function scanLetters(
  stretches: readonly Stretch[],
  reader: TopicReader,
  { options, config, surroundings: { note, stop }, scope }: Task,
): Promise<{ scan: LetterScan; isWell: boolean }> {
  let isWell = true
  const away = (what: string): void => {
    isWell = false
    note(what)
  }
  const inFlight = scope.use(new InFlightWindow(config.startupTimeoutMs, away), (it) => it.stop())
  const output = await openOutput(config, options.go, scope, emitTo(note))
  const unavailable = (feed: string, why: Unavailable): void => away(`feed ${feed}: ${why.message}`)
  const resender = new Resender({ config, inFlight, unavailable, ...output })
  const scan = new LetterScan()
  const reading = new AbortController()
  inFlight.ended.addEventListener('abort', () => reading.abort())
  void stop.then(async () => {
    reading.abort()
    await sleep(config.drainTimeoutMs)
    inFlight.stop()
  })
  scope.use(showProgress(scan, stretches, note), clearInterval)
  try {
    await scan.go(byTime(readAll(reader, stretches, reading.signal)), { options, resender, signal: reading.signal })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    away(error.message)
  }
  await inFlight.drained()
  return { scan, isWell }
}

/** Opens the encoders and the outlet: to Kafka, or a dry run. */
async function openOutput(config: Config, go: boolean, scope: Scope, emit: Emit) {
  scope.use(closeHttp, (close) => close())
  const openSink = await loadKind(sinks, config.sink)
  const clock = new Clock()
  const { kafka, registry } = config
  const sink = scope.use(openSink(config, { kafka, emit, clock }), (it) => it.close())
  const { brokers, names } = kafka
  const outlet: Outlet = go
    ? scope.use(hold(sink, { lingerMs: config.lingerMs, brokers, names }, emit), (it) => it.close())
    : dryOutlet(sink, kafka)
  return { clock, outlet, encoders: scope.use(new Encoders({ registry, clock, emit }), (it) => it.close()) }
}

/** Notes when Kafka rejects writes, and when it accepts them again. */
function emitTo(note: (line: string) => void): Emit {
  return (event) => {
    if (event.type === 'produce.held' && event.first) note(`topic ${event.topic}: ${event.detail}; tried again`)
    if (event.type === 'produce.resumed') note(`topic ${event.topic}: goes on`)
  }
}

function readAll(reader: TopicReader, stretches: readonly Stretch[], signal: AbortSignal) {
  const ended = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined))
  })
  return stretches.map(async function* (stretch) {
    const batches = reader.read(stretch)
    for (;;) {
      const next = await Promise.race([batches.next(), ended])
      if (!next || next.done) return
      yield next.value
    }
  })
}

function showProgress(scan: LetterScan, stretches: readonly Stretch[], note: (line: string) => void): NodeJS.Timeout {
  const all = stretches.reduce((sum, { from, to }) => sum + Number(to - from), 0)
  return setInterval(() => {
    note(`read ${scan.read} of ${all}, found ${scan.summary.found}, sent ${scan.summary.sent}`)
  }, SAY_EVERY_MS).unref()
}
