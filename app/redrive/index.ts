/** Dead letters through the present configuration again: opens what that takes, walks over them, says what became of them. */
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
import { isBesideKafka, writesToStdout } from '../produce/systems.ts'
import { loadTopicReader, type Stretch, type TopicReader } from '../produce/topic-reader.ts'
import { entryOf, loadKind } from '../settings/kind.ts'
import { byTime } from './by-time.ts'
import { dryOutlet } from './dry-outlet.ts'
import { findLetters } from './find.ts'
import { Flight } from './flight.ts'
import type { RedriveOptions } from './options.ts'
import { type Outcome, reportLines } from './report.ts'
import { Walk } from './walk.ts'
import { Way } from './way.ts'

const SAY_EVERY_MS = 5_000

/** Where it says what. `stop` resolves when it shall end early. */
export interface Surroundings {
  /** A line of the report; `note` takes it where records go to standard output. */
  readonly print: (line: string) => void
  /** A line about the work under way. */
  readonly note: (line: string) => void
  readonly stop: Promise<unknown>
}

/** Waits until all that could be sent is acknowledged. Throws `ConfigError`, and `Unavailable` where nothing can be read at all. */
export async function redrive(options: RedriveOptions, config: Config, outside: Surroundings): Promise<Outcome> {
  const surroundings = withoutSecrets(outside, config)
  if (config.kafka.brokers.length === 0) {
    throw new ConfigError(['BOOTSTRAP_SERVERS is missing: dead letters are read from Kafka.'])
  }
  tellUnread(config, surroundings.note)
  const scope = new Scope()
  try {
    const openReader = await loadTopicReader()
    const reader = scope.use(openReader(config.kafka, config.startupTimeoutMs), (it) => it.close())
    const stretches = await findLetters(reader, options, config)
    const { walk, isWell } = await walkOver(stretches, reader, { options, config, surroundings, scope })
    const places = [...new Set(stretches.map(({ topic }) => topic))].join(', ')
    const { print, note } = surroundings
    const isTaken = options.go && writesToStdout(config)
    for (const line of reportLines(walk, places, options.go)) (isTaken ? note : print)(line)
    if (!isWell) return 'unavailable'
    return walk.tally.notSent > 0 || walk.left === 'stopped' ? 'undelivered' : 'ok'
  } finally {
    await scope.close()
  }
}

/** Dead letters lie where the records of their feed go, and only Kafka's are read. */
function tellUnread({ feeds }: Config, note: (line: string) => void): void {
  for (const { name, sink } of feeds) {
    if (isBesideKafka(sink)) note(`feed ${name}: its sink is ${sink}, and dead letters are read from Kafka only`)
  }
}

/** Whatever is said passes here. */
function withoutSecrets({ print, note, stop }: Surroundings, { secrets }: Config): Surroundings {
  const hiding = (say: (line: string) => void) => (line: string) => say(secrets.hideAll(line))
  return { print: hiding(print), note: hiding(note), stop }
}

interface Task {
  readonly options: RedriveOptions
  readonly config: Config
  readonly surroundings: Surroundings
  readonly scope: Scope
}

/** `isWell` is false when something that it depends on was away; what was sent by then is in the walk all the same. */
async function walkOver(
  stretches: readonly Stretch[],
  reader: TopicReader,
  { options, config, surroundings: { note, stop }, scope }: Task,
): Promise<{ walk: Walk; isWell: boolean }> {
  let isWell = true
  const away = (what: string): void => {
    isWell = false
    note(what)
  }
  const flight = scope.use(new Flight(config.startupTimeoutMs, away), (it) => it.stop())
  const wayOut = await openWayOut(config, options.go, scope, emitTo(note))
  const unavailable = (feed: string, why: Unavailable): void => away(`feed ${feed}: ${why.message}`)
  const way = new Way({ config, flight, unavailable, ...wayOut })
  const walk = new Walk(options.whole)
  const reading = new AbortController()
  flight.ended.addEventListener('abort', () => reading.abort())
  void stop.then(async () => {
    reading.abort()
    await sleep(config.drainTimeoutMs)
    flight.stop()
  })
  scope.use(showProgress(walk, stretches, note), clearInterval)
  try {
    await walk.go(byTime(readAll(reader, stretches, reading.signal)), { options, way, signal: reading.signal })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    away(error.message)
  }
  await flight.landed()
  return { walk, isWell }
}

/** The encoder, and the outlet of each feed: to its sink, or to nowhere. */
async function openWayOut(config: Config, go: boolean, scope: Scope, emit: Emit) {
  scope.use(closeHttp, (close) => close())
  const clock = new Clock()
  const { kafka, registry, lingerMs } = config
  const { brokers, names } = kafka
  const outlets: Record<string, Outlet> = {}
  for (const name of new Set(config.feeds.map(({ sink }) => sink))) {
    const openSink = await loadKind(sinks, name)
    const sink = scope.use(openSink(config, { kafka, names: config.names, emit, clock }), (it) => it.close())
    const outlet = go
      ? scope.use(hold(sink, { lingerMs, brokers, names }, emit), (it) => it.close())
      : dryOutlet(sink, kafka)
    outlets[name] = outlet
  }
  const outletOf = ({ sink }: { readonly sink: string }): Outlet => entryOf(outlets, sink)
  return { clock, outletOf, encoders: scope.use(new Encoders({ registry, clock, emit }), (it) => it.close()) }
}

/** Says when Kafka does not take what is sent, and when it does again. */
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

function showProgress(walk: Walk, stretches: readonly Stretch[], note: (line: string) => void): NodeJS.Timeout {
  const all = stretches.reduce((sum, { from, to }) => sum + Number(to - from), 0)
  return setInterval(() => {
    note(`read ${walk.read} of ${all}, found ${walk.tally.found}, sent ${walk.tally.sent}`)
  }, SAY_EVERY_MS).unref()
}
