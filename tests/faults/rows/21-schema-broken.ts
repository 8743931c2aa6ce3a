/** Row 21: a version that no document fits, a subject that is deleted, and a registry that gives an id to another schema. */
import { startRegistry } from '../../../scripts/stack/registry.ts'
import { registerSchema } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { decodeWith } from '../archive.ts'
import { FAULT_SCHEMA, type Stamped, shaOf } from '../document.ts'
import { placeFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'
import { type Simulator, startSimulator } from '../simulator.ts'

const REFRESH_MS = 300
/** The price becomes text: no document fits. */
const BROKEN = {
  ...FAULT_SCHEMA,
  fields: FAULT_SCHEMA.fields.map((field) => (field.name === 'price' ? { name: 'price', type: 'string' } : field)),
}
/** The same fields in another order: whoever confuses the two reads nonsense. */
const REVERSED = { ...FAULT_SCHEMA, fields: FAULT_SCHEMA.fields.toReversed() }

interface Place {
  readonly broken: SideFeed
  readonly simulator: Simulator
  readonly registry: Awaited<ReturnType<typeof startRegistry>>
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 21,
  title: 'an incompatible version, a deleted subject, an id that is given to another schema',
  clients: 'any',
  env: (rig) => {
    const { broken, simulator } = placeOf(rig)
    return { ...broken.env(simulator.urls), SCHEMA_REGISTRY_REFRESH: `${REFRESH_MS}ms` }
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    // One feed's subject is in a registry of its own, which is spoilt; the others' is not.
    const registry = await startRegistry()
    rig.defer(() => registry.stop())
    const broken = await openSideFeed(rig, 'broken')
    await placeFront(rig, (path) => (path.includes(broken.subject) ? registry.port : undefined))
    const simulator = await startSimulator({ name: 'broken', sources: 2, rate: 200, canary: rig.canaries.payload })
    rig.defer(() => simulator[Symbol.asyncDispose]())
    await registerSchema(broken.subject, FAULT_SCHEMA, [], registry.url)
    places.set(rig, { broken, simulator, registry })
  },
  async inject(rig) {
    const place = placeOf(rig)
    await incompatible(rig, place)
    const id = await deleted(rig, place)
    await restored(rig, place, id)
  },
}

async function incompatible(rig: Rig, { broken, registry }: Place): Promise<void> {
  await registerSchema(broken.subject, BROKEN, [], registry.url)
  const wait = rig.wait(10)
  await rig.noticesInLog(/a document was refused: price/)
  await rig.noticesInMetrics('dead letters are counted', (samples) => {
    const labels = { feed: broken.name, outcome: 'dead_lettered', reason: 'bad_value' }
    return (samples.value('tributary_documents_total', labels) ?? 0) > 0
  })
  await wait
}

/** Mended by a third version, which goes on to be used when its subject is gone. Resolves to its id. */
async function deleted(rig: Rig, { broken, registry }: Place): Promise<number> {
  const doc = { ...FAULT_SCHEMA, doc: 'mended' }
  const id = await registerSchema(broken.subject, doc, [], registry.url)
  await rig.noticesInLog(new RegExp(`${broken.subject}: version 3, schema id ${id}`))
  const path = `${registry.url}/subjects/${encodeURIComponent(broken.subject)}`
  for (const way of ['', '?permanent=true']) await fetch(`${path}${way}`, { method: 'DELETE' })
  const wait = rig.wait(10)
  await rig.noticesInLog(/has no subject .*the last good schema stays in use/)
  const before = (await rig.daemon.feed(broken.name)).ledger.documents
  await wait
  const { produced } = (await rig.daemon.feed(broken.name)).ledger.documents
  const flown = produced - before.produced
  rig.findings.push({ id: 'row', ok: flown > 50, detail: `${flown} records with the schema of the deleted subject` })
  return id
}

/** The registry comes back from an old copy, in which the id that is in use is that of another schema. */
async function restored(rig: Rig, { broken, simulator, registry }: Place, id: number): Promise<void> {
  simulator.paused = true
  rig.findings.push(await broken.settled(simulator.written))
  const before = await broken.records()
  const letters = await broken.deadLetters()
  await judge(rig, before, new Map([1, id].map((one) => [one, FAULT_SCHEMA])))
  const all = before.length + letters.length === simulator.written && letters.length > 0
  const detail = `${before.length} records and ${letters.length} dead letters of ${simulator.written} messages`
  rig.findings.push({ id: 'I2', ok: all, detail })

  await registry.restart()
  for (let filler = 1; filler < id; filler++)
    await registerSchema(`filler-${filler}`, fillerOf(filler), [], registry.url)
  const again = await registerSchema(broken.subject, REVERSED, [], registry.url)
  const since = Date.now() / 1_000
  const isAsked = async (): Promise<boolean> => {
    const samples = await rig.daemon.metrics()
    const labels = { subject: broken.subject }
    return (samples.value('tributary_schema_last_success_timestamp_seconds', labels) ?? 0) > since
  }
  await until(isAsked, { what: 'the restored subject to be asked for' })
  const sentBefore = simulator.written
  simulator.paused = false
  await rig.wait(10)
  simulator.paused = true
  rig.findings.push(await broken.settled(simulator.written))
  const after = (await broken.records()).slice(before.length)
  const lost = simulator.written - sentBefore - after.length
  rig.findings.push({
    id: 'row',
    ok: again === id && lost === 0,
    detail: `id ${id} is another schema's now (${again}); ${after.length} records since, ${lost} missing`,
  })
  await judge(rig, after, new Map([[id, REVERSED]]))
}

/** Each record says what was sent when it is read with the schema that its id stood for. */
async function judge(
  rig: Rig,
  records: Awaited<ReturnType<SideFeed['records']>>,
  schemas: ReadonlyMap<number, object>,
): Promise<void> {
  const found = await decodeWith(schemas, records).catch((error: Error) => error)
  if (found instanceof Error) {
    rig.findings.push({ id: 'I5', ok: false, detail: `not readable by their ids: ${found.message.slice(0, 300)}` })
    return
  }
  const wrong = found.filter(({ content }) => shaOf(content as unknown as Stamped) !== content.sha).length
  const detail = `${found.length} records read by their ids, ${wrong} of them wrong`
  rig.findings.push({ id: 'I5', ok: found.length > 0 && wrong === 0, detail })
}

function fillerOf(number: number): object {
  return { type: 'record', name: `Filler${number}`, fields: [] }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
