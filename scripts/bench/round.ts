/** One round: a contender, a fresh topic, a flood; timed from the start signal to the last record in the topic. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Admin, Kafka } from 'kafkajs'
import { startChild } from '../demo/child.ts'
import type { Kafka as Broker } from '../stack/kafka.ts'
import { benchFolder } from './build.ts'
import type { Faults } from './check.ts'
import type { Contender } from './contenders.ts'
import { startFlood } from './flood-process.ts'
import { makeTopic, type RoundTopic } from './topic.ts'
import { shares } from './trade.ts'
import { cpuUs, peakRssBytes } from './usage.ts'

/** What all rounds share. */
export interface Ground {
  readonly broker: Broker
  readonly registryUrl: string
  readonly kafka: Kafka
  readonly admin: Admin
}

/** How much: messages in the timed window, messages before it, URLs. `rate`: messages per second, undefined for a flood. */
export interface Load {
  readonly count: number
  readonly warmUp: number
  readonly urls: number
  readonly rate?: number | undefined
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
  readonly faults: Faults
}

const GRACE_MS = 20_000

/** Runs the round and cleans up after it. `nodeOptions` are of the contender's Node. */
export async function round(
  contender: Contender,
  load: Load,
  ground: Ground,
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  const { broker, registryUrl, kafka, admin } = ground
  const topic = await makeTopic(kafka, admin, registryUrl)
  const flood = await startFlood(load.urls)
  const logFile = join(benchFolder(), `${topic.name}.log`)
  const child = startChild({
    name: contender.name,
    args: [...nodeOptions, ...contender.args],
    env: contender.env({ bootstrapServers: broker.bootstrapServers, registryUrl, topic: topic.name, urls: flood.urls }),
    logFile,
  })
  try {
    await child.ready(() => flood.open().then(() => true))
    const pids = [child.pid, broker.pid, flood.pid] as const
    const measured = await measure(load, topic, pids, (count) => flood.send(shares(count, load.urls), load.rate))
    const peak = peakRssBytes(child.pid)
    await child.stop(GRACE_MS)
    const faults = await topic.check(sum(shares(load.warmUp, load.urls), shares(load.count, load.urls)))
    await rm(logFile, { force: true })
    return { contender: contender.name, ...measured, peakRssBytes: peak, faults }
  } finally {
    await child.stop(GRACE_MS)
    await flood.stop()
    await topic.remove()
  }
}

type Figures = Pick<Result, 'seconds' | 'recordsPerSecond' | 'cpuUs' | 'brokerCpuUs' | 'floodCpuUs'>

async function measure(
  { count, warmUp }: Load,
  topic: RoundTopic,
  pids: readonly [child: number, broker: number, flood: number],
  send: (count: number) => void,
): Promise<Figures> {
  if (warmUp > 0) {
    send(warmUp)
    await topic.reached(warmUp)
  }
  const before = pids.map(cpuUs)
  const startedAt = performance.now()
  send(count)
  const endedAt = await topic.reached(warmUp + count)
  const [cpu = 0, brokerCpu = 0, floodCpu = 0] = pids.map((pid, at) => (cpuUs(pid) - (before[at] ?? 0)) / count)
  // What never arrives has no speed; the check says how much is lost.
  const seconds = endedAt === undefined ? Number.POSITIVE_INFINITY : (endedAt - startedAt) / 1_000
  return { seconds, recordsPerSecond: count / seconds, cpuUs: cpu, brokerCpuUs: brokerCpu, floodCpuUs: floodCpu }
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, at) => value + (b[at] ?? 0))
}
