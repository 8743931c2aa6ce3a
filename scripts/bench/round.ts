/** One round: a contender, a fresh topic, a flood; timed from the start signal to the last record in the topic. */
import type { Admin, Kafka } from 'kafkajs'
import { startChild } from '../demo/child.ts'
import type { Kafka as Broker } from '../stack/kafka.ts'
import { freePort } from '../stack/ports.ts'
import { type Faults, openCheck } from './check.ts'
import type { Contender } from './contenders.ts'
import { startFlood } from './flood-process.ts'
import { type Latency, latencyMeter } from './latency.ts'
import type { Load } from './load.ts'
import { type Overload, type Watch, watchOverload } from './overload.ts'
import type { Write } from './pace.ts'
import { readBack } from './read-back.ts'
import { makeScratch } from './scratch.ts'
import { shapes } from './shapes/index.ts'
import { shares } from './shapes/shape.ts'
import { storedBytes } from './stored.ts'
import { makeTopic, type RoundTopic } from './topic.ts'
import { cpuUs, peakRssBytes } from './usage.ts'

/** What all rounds share. */
export interface Ground {
  readonly broker: Broker
  readonly registryUrl: string
  readonly kafka: Kafka
  readonly admin: Admin
}

/** One round's figures. Times are of the window; CPU is microseconds per record, user and system, all threads. */
export interface Result {
  readonly contender: string
  readonly seconds: number
  readonly recordsPerSecond: number
  readonly cpuUs: number
  readonly brokerCpuUs: number
  readonly floodCpuUs: number
  readonly peakRssBytes: number
  /** What a record takes on the broker's disk, bytes. */
  readonly storedBytes: number
  readonly faults: Faults
  /** With a rate only: from the write to the flood's socket until the broker appended the record. */
  readonly latency?: Latency | undefined
  /** Of a daemon that was watched. */
  readonly overload?: Overload | undefined
}

/** The key of all records where there is one. */
const KEY = 'bench'
const GRACE_MS = 20_000
/** Least messages per second before a paced window. */
const WARM_UP_RATE = 10_000

/** Runs the round and cleans up after it. `nodeOptions` are of the contender's Node. */
export async function round(
  contender: Contender,
  whole: Load,
  ground: Ground,
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  const load = partOf(whole, contender.part)
  const { broker, registryUrl, admin } = ground
  const shape = shapes[load.shape]
  const key = load.partitions === 1 ? KEY : null
  const topic = await makeTopic(admin, registryUrl, {
    shape,
    partitions: load.partitions,
    paced: load.rate !== undefined,
  })
  const flood = await startFlood(load.shape, load.urls)
  const scratch = makeScratch(topic.name, contender.lane, flood.urls)
  const { urlsFile, laneDir } = scratch
  const isWatched = load.watched === true && contender.isDaemon
  const metricsPort = isWatched ? await freePort() : 0
  const child = startChild({
    name: contender.name,
    ...(contender.command === undefined ? {} : { command: contender.command }),
    args: [...nodeOptions, ...contender.args],
    env: contender.env({
      bootstrapServers: broker.bootstrapServers,
      registryUrl,
      topic: topic.name,
      shape,
      key,
      urlsFile,
      laneDir,
      metricsPort,
    }),
    logFile: scratch.logFile,
  })
  try {
    await child.ready(() => flood.open().then(() => true))
    const send: Send = (count, rate) => flood.send({ ...load, rate, send: shares(count, load.urls) })
    const watch = isWatched ? () => watchOverload(child.pid, metricsPort) : undefined
    const { writes, ...figures } = await measure(load, topic, [child.pid, broker.pid, flood.pid], send, watch)
    const peak = peakRssBytes(child.pid)
    await child.stop(GRACE_MS)
    const found = await readAndCheck(load, topic, key, ground, writes)
    const stored = storedBytes(broker.dataDir, topic.name) / (load.warmUp + load.count)
    scratch.forgetLog()
    return { contender: contender.name, ...figures, peakRssBytes: peak, storedBytes: stored, ...found }
  } finally {
    await child.stop(GRACE_MS)
    await flood.stop()
    scratch.remove()
    await topic.remove()
  }
}

/** A paced window is not shortened: it is as long for everyone. */
function partOf(load: Load, part: number): Load {
  if (load.rate !== undefined) return load
  return { ...load, count: Math.ceil(load.count * part), warmUp: Math.ceil(load.warmUp * part) }
}

type Figures = Pick<Result, 'seconds' | 'recordsPerSecond' | 'cpuUs' | 'brokerCpuUs' | 'floodCpuUs' | 'overload'>
type Send = (count: number, rate: number | undefined) => Promise<readonly Write[]>

async function measure(
  { count, warmUp, rate }: Load,
  topic: RoundTopic,
  pids: readonly [child: number, broker: number, flood: number],
  send: Send,
  watch?: () => Promise<Watch>,
): Promise<Figures & { readonly writes: readonly Write[] }> {
  const warmUpRate = rate && Math.max(rate, WARM_UP_RATE)
  if (warmUp > 0) await Promise.all([send(warmUp, warmUpRate), topic.reached(warmUp)])
  const watching = await watch?.()
  const before = pids.map(cpuUs)
  const startedAt = performance.now()
  const sent = send(count, rate)
  const endedAt = await topic.reached(warmUp + count)
  const [cpu = 0, brokerCpu = 0, floodCpu = 0] = pids.map((pid, at) => (cpuUs(pid) - (before[at] ?? 0)) / count)
  const overload = await watching?.end()
  // What never arrives has no speed; the check says how much is lost.
  const seconds = endedAt === undefined ? Number.POSITIVE_INFINITY : (endedAt - startedAt) / 1_000
  const writes = endedAt === undefined ? [] : await sent
  return {
    seconds,
    recordsPerSecond: count / seconds,
    cpuUs: cpu,
    brokerCpuUs: brokerCpu,
    floodCpuUs: floodCpu,
    overload,
    writes,
  }
}

async function readAndCheck(
  { shape, warmUp, count, urls }: Load,
  topic: RoundTopic,
  key: string | null,
  { kafka }: Ground,
  writes: readonly Write[],
): Promise<Pick<Result, 'faults' | 'latency'>> {
  const [before, timed] = [shares(warmUp, urls), shares(count, urls)]
  const wanted = before.map((value, at) => value + (timed[at] ?? 0))
  const check = openCheck({ shape: shapes[shape], shares: wanted, key, schemaId: topic.schemaId })
  const meter = latencyMeter(writes)
  await readBack(kafka, topic.name, await topic.ends(), (partition, givenKey, value, timestamp) => {
    const place = check.record(partition, givenKey, value)
    if (place) meter.record(place, timestamp)
  })
  return { faults: check.faults(), latency: meter.latency() }
}
