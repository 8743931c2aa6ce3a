/** Row 50: dead letters that cannot be written: their topic is missing, takes too little, or is deleted while it is in use. */
import { withAdmin } from '../../../scripts/lib/kafka-admin.ts'
import { imbalance } from '../../support/daemon-feeds.ts'
import { createTopic, kafkaClient, readTopic, topicSize, uniqueName } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'

/** Larger than a record may be: what is refused. */
const TOO_LARGE = 1_048_588 + 1
const BAD = 5
const SMALL_TOPIC = '1000'

export const row: Row = {
  number: 50,
  title: 'dead letter topic missing, too small, deleted while in use',
  clients: 'both',
  needs: { kafka: { properties: { 'auto.create.topics.enable': 'false' } } },
  env: { FEED_FAULT_MAX_MESSAGE_BYTES: '4MiB' },
  run: async (rig) => [
    await parked(rig),
    ...(await tooSmall(rig)),
    ...(await heldWhileGone(rig)),
    ...(await givenUp(rig)),
    ...(await counted(rig)),
  ],
}

/** Named, and not there: the feeds wait for it, and say so. */
async function parked(rig: Rig): Promise<Finding> {
  const topic = uniqueName('letters')
  const daemon = rig.start({ DEAD_LETTER_TOPIC: topic })
  await daemon.said(new RegExp(`feed fault cannot start yet: .*${topic}`))
  await createTopic({ name: topic, bootstrapServers: rig.site.direct })
  await rig.daemon.ready()
  await rig.flows(300)
  const ended = await end(rig)
  return { id: 'I9', ok: ended.code === 0, detail: `named and missing: the feeds waited for it, then flowed` }
}

/** A letter that does not fit is kept without its payload. */
async function tooSmall(rig: Rig): Promise<Finding[]> {
  const config = { 'max.message.bytes': SMALL_TOPIC }
  const topic = await createTopic({ name: uniqueName('letters'), config, bootstrapServers: rig.site.direct })
  await started(rig, { DEAD_LETTER_TOPIC: topic })
  await sendBad(rig)
  await until(async () => (await outcomes(rig)).dead_lettered >= BAD, { what: 'the letters to be written' })
  await rig.flows(300)
  const letters = await readTopic(topic, BAD, { bootstrapServers: rig.site.direct })
  const empty = letters.filter(({ value }) => (value?.length ?? 0) === 0).length
  const ended = await end(rig)
  return [
    {
      id: 'row',
      ok: letters.length === BAD && empty === BAD,
      detail: `too small: ${empty} of ${BAD} letters without their payload`,
    },
    balanced('too small', ended),
  ]
}

/** Named, and deleted while in use: the lane holds until it is there again. */
async function heldWhileGone(rig: Rig): Promise<Finding[]> {
  const topic = await createTopic({ name: uniqueName('letters'), bootstrapServers: rig.site.direct })
  await started(rig, { DEAD_LETTER_TOPIC: topic })
  await deleted(rig, topic)
  rig.mark()
  await sendBad(rig)
  await rig.noticesInLog(new RegExp(`Kafka does not take ${topic}`), 30_000)
  await rig.wait(30)
  const before = await outcomes(rig)
  await createTopic({ name: topic, bootstrapServers: rig.site.direct })
  await until(async () => (await outcomes(rig)).dead_lettered >= BAD, {
    what: 'the letters to be written',
    timeoutMs: 60_000,
  })
  await rig.flows(300)
  const ended = await end(rig)
  const letters = await topicSize(topic, rig.site.direct)
  return [
    {
      id: 'row',
      ok: before.refused === 0 && before.dead_lettered === 0 && letters >= BAD,
      detail: `named and deleted: ${before.refused} given up meanwhile, ${letters} letters once it was there again`,
    },
    balanced('named and deleted', ended),
  ]
}

/** Not named, and deleted while in use: what waits for it is given up after half a minute, and counted. */
async function givenUp(rig: Rig): Promise<Finding[]> {
  await started(rig, {})
  const topic = `${rig.topics.fault}.dead-letter`
  await deleted(rig, topic)
  rig.mark()
  await sendBad(rig)
  await rig.noticesInLog(new RegExp(`Kafka does not take ${topic}`), 30_000)
  await until(async () => (await outcomes(rig)).refused >= BAD, {
    what: 'the letters to be given up',
    timeoutMs: 120_000,
  })
  await rig.flows(300)
  const { refused, dead_lettered } = await outcomes(rig)
  const ended = await end(rig)
  return [
    {
      id: 'row',
      ok: refused === BAD && dead_lettered === 0,
      detail: `not named and deleted: ${refused} of ${BAD} refused and counted, ${dead_lettered} letters`,
    },
    balanced('not named and deleted', ended),
  ]
}

/** Not named, and not there: counted at once, with a warning. */
async function counted(rig: Rig): Promise<Finding[]> {
  await started(rig, {})
  await rig.noticesInLog(/refused documents are counted but not kept/)
  await rig.noticesInMetrics(
    'tributary_dead_letters_in_use is 0',
    (samples) => samples.value('tributary_dead_letters_in_use', { feed: 'fault' }) === 0,
  )
  await sendBad(rig)
  await until(async () => (await outcomes(rig)).refused >= BAD, { what: 'the refused to be counted' })
  const ended = await end(rig)
  return [balanced('not named and missing', ended)]
}

async function started(rig: Rig, env: Readonly<Record<string, string>>): Promise<void> {
  rig.fault.paused = false
  rig.control.paused = false
  await rig.start(env).ready(60_000)
  await rig.flows(300)
}

async function deleted(rig: Rig, topic: string): Promise<void> {
  await withAdmin(kafkaClient(rig.site.direct), (admin) => admin.deleteTopics({ topics: [topic] }))
}

async function sendBad({ fault }: Rig): Promise<void> {
  for (let at = 0; at < BAD; at++) {
    const source = fault.sources[at % fault.sources.length] ?? ''
    await until(() => fault.send(source, TOO_LARGE) !== undefined, { what: `the socket of ${source}` })
  }
}

async function outcomes({ daemon }: Rig): Promise<{ readonly refused: number; readonly dead_lettered: number }> {
  const { refused, dead_lettered } = (await daemon.feed('fault')).ledger.documents
  return { refused, dead_lettered }
}

async function end(rig: Rig) {
  rig.fault.paused = true
  rig.control.paused = true
  const { fault, control } = await rig.drained()
  const { code } = await rig.daemon.stop()
  rig.fault.paused = false
  rig.control.paused = false
  return { code, fault, control }
}

function balanced(what: string, { code, fault, control }: Awaited<ReturnType<typeof end>>): Finding {
  const sums = [fault, control].map(({ ledger }) => imbalance(ledger)).filter((one) => one !== undefined)
  const ok = code === 0 && sums.length === 0 && fault.ledger.documents.found > 0
  return { id: 'I1', ok, detail: `${what}: ${sums.join('; ') || 'both sums balance'}, ended with ${code}` }
}
