// The sink port when a real broker dies, hangs or is gone.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Event } from '../../app/events.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { KafkaRecord, Sink } from '../../app/model.ts'
import { type SinkOptions, sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { kafkaSinks } from '../support/kafka-sinks.ts'
import type { DriverJob, DriverReport } from '../support/sink-driver.ts'
import { createTopic, readTopic, type TopicOptions, until } from '../support/stack.ts'

const DRIVER = new URL('../support/sink-driver.ts', import.meta.url).pathname
const LARGEST_REQUEST = 2_000_000

let kafka: Kafka
const opened: Sink[] = []

beforeAll(async () => {
  kafka = await startKafka({ properties: { 'socket.request.max.bytes': String(LARGEST_REQUEST) } })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sink) => sink.close()))
})
afterAll(() => kafka?.stop())

describe.each(kafkaSinks)('%s', (name) => {
  async function open(over: Partial<SinkOptions> = {}, events: Event[] = []): Promise<Sink> {
    const sink = (await loadKind(sinks, name))(
      {},
      { kafka: { ...plain(), ...over }, emit: (event) => events.push(event), clock: new Clock() },
    )
    opened.push(sink)
    return sink
  }

  it('loses nothing, keeps order and does not end the process when the broker hangs, is killed and comes back', async () => {
    const partitions = 8
    const topic = await newTopic({ partitions })
    const job = { sink: name, options: plain(), topic, partitions, batches: 150, batchSize: 40, pauseMs: 5 }
    const driver = drive(job)
    try {
      await driver.line('acknowledged')
      kafka.pause()
      await driver.line('held timeout')
      await kafka.kill()
      await driver.line('held connect')
      await kafka.restart()
      const report = await driver.end()
      expect(report.events).toMatchObject({ 'kafka.connected': 2, 'kafka.lost': 1 })
    } finally {
      driver.stop()
    }
    const read = await readTopic(topic, 0, { bootstrapServers: kafka.bootstrapServers, timeoutMs: 60_000 })
    for (let partition = 0; partition < partitions; partition++) {
      const values = read.filter((record) => record.partition === partition).map(({ value }) => String(value))
      const expected = Array.from({ length: job.batches * job.batchSize }, (_, i) => `${partition}:${i}`)
      expect([...new Set(values)]).toEqual(expected)
    }
  }, 180_000)

  it('ends a write to a broker that hangs with timeout, and writes again once it goes on', async () => {
    const topic = await newTopic()
    const sink = await open()
    await written(sink, topic)
    kafka.pause()
    try {
      expect(await firstFailure(sink, topic)).toMatchObject({ name: 'Unavailable', reason: 'timeout' })
      await expect(sink.describe(topic)).rejects.toMatchObject({ name: 'Unavailable' })
    } finally {
      kafka.resume()
    }
    await written(sink, topic)
  })

  it('closes while a write hangs, and that write ends', async () => {
    const topic = await newTopic()
    const [probe, sink] = [await open(), await open({ requestTimeoutMs: 120_000 })]
    await written(probe, topic)
    await written(sink, topic)
    kafka.pause()
    try {
      await firstFailure(probe, topic)
      const hanging = expect(sink.write(topic, 0, texts('b'))).rejects.toMatchObject({ name: 'Unavailable' })
      await sink.close()
      await hanging
    } finally {
      kafka.resume()
    }
  })

  it('does not choke for ever on a request that is larger than the broker reads', async () => {
    const topic = await newTopic({ config: { 'max.message.bytes': '9000000' } })
    const sink = await open()
    await written(sink, topic)
    const { maxMessageBytes } = await sink.describe(topic)
    expect(maxMessageBytes).toBeLessThan(LARGEST_REQUEST)
    const fitting: KafkaRecord = { key: null, value: Buffer.alloc(maxMessageBytes - 100), timestamp: 1 }
    expect(await sink.write(topic, 0, [fitting])).toEqual([])
  })
})

function plain(): SinkOptions {
  const brokers = [kafka.bootstrapServers]
  return {
    brokers,
    clientId: 'faults',
    tls: undefined,
    sasl: undefined,
    requestTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
    compression: 'none',
  }
}

function texts(...values: string[]): KafkaRecord[] {
  return values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1_700_000_000_000 }))
}

/** A broker that just goes on after a pause may not have found itself again: tried until it works. */
async function newTopic(options: TopicOptions = {}): Promise<string> {
  let topic = ''
  const made = async (): Promise<boolean> => {
    topic = await createTopic({ ...options, bootstrapServers: kafka.bootstrapServers }).catch(() => '')
    return topic !== ''
  }
  await until(made, { what: 'a topic', timeoutMs: 50_000 })
  return topic
}

/** Tried again until it works. */
async function written(sink: Sink, topic: string): Promise<void> {
  const works = (): Promise<boolean> =>
    sink.write(topic, 0, texts('a')).then(
      () => true,
      () => false,
    )
  await until(works, { what: 'a write that works' })
}

/** A process is not stopped at once: the first write that fails, and how. */
async function firstFailure(sink: Sink, topic: string): Promise<unknown> {
  for (;;) {
    try {
      await sink.write(topic, 0, texts('a'))
    } catch (error) {
      return error
    }
  }
}

/** Runs the driver; its lines are awaited, and its end must be a good one. */
function drive(job: DriverJob): {
  line(text: string): Promise<void>
  end(): Promise<DriverReport>
  stop(): void
} {
  // kafkajs sets one timer to a negative time, harmlessly, and Node says so.
  const args = ['--disable-warning=TimeoutNegativeWarning', DRIVER, JSON.stringify(job)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let errors = ''
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    async line(text) {
      await until(() => lines.includes(text) || gone(), { what: `the driver to print ${text}`, timeoutMs: 30_000 })
      if (!lines.includes(text)) throw new Error(`the driver ended: ${errors.slice(0, 2_000)}`)
    },
    async end() {
      await until(gone, { what: 'the end of the driver', timeoutMs: 120_000 })
      expect({ code: await ended, errors }).toEqual({ code: 0, errors: '' })
      return JSON.parse(lines.at(-1) ?? '') as DriverReport
    },
    stop: () => child.kill('SIGKILL'),
  }
}
