/** Row 22: schemas that are no use, and schemas that are merely strange, each of a feed of its own. */
import { decode } from '../../support/decode/decode.ts'
import { type ReadRecord, registerSchema } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { type Paths, startPaths } from '../paths.ts'
import { placeFront, type RegistryFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const GOOD = { type: 'record', name: 'Good', fields: [{ name: 'n', type: 'int' }] }
const wide = Array.from({ length: 5_000 }, (_, at) => ({ name: `f${at}`, type: 'int', default: at }))
const nest = (depth: number): object => (depth === 0 ? { n: 0 } : { n: depth, next: nest(depth - 1) })
const nested = (depth: number): object => ({ n: depth, next: depth === 0 ? null : nested(depth - 1) })

interface Case {
  readonly name: string
  /** As the registry serves it: an object, or text that the registry itself would not take. */
  readonly schema: object | string
  readonly document: object
  /** What the log says while the feed is parked; undefined: it runs. */
  readonly parked?: RegExp
  /** What Kafka then holds, where that is not the document. */
  readonly content?: object
  readonly refers?: boolean
}
const CASES: readonly Case[] = [
  { name: 'text', schema: { type: 'string' }, document: { n: 1 }, parked: /is a string: documents need a record/ },
  { name: 'broken', schema: '{"type":"record","name":', document: { n: 1 }, parked: /cannot be used/ },
  { name: 'rubbish', schema: '{"type":"rubbish"}', document: { n: 1 }, parked: /cannot be used/ },
  { name: 'fieldless', schema: '{"type":"record","name":"R"}', document: { n: 1 }, parked: /cannot be used/ },
  {
    name: 'unmet',
    schema: '{"type":"record","name":"R","fields":[{"name":"a","type":"no.such.Type"}]}',
    document: { n: 1 },
    parked: /cannot be used/,
  },
  {
    name: 'recursive',
    schema: {
      type: 'record',
      name: 'Node',
      fields: [
        { name: 'n', type: 'int' },
        { name: 'next', type: ['null', 'Node'], default: null },
      ],
    },
    document: nest(50),
    content: nested(50),
  },
  {
    name: 'wide',
    schema: { type: 'record', name: 'Wide', fields: wide },
    document: { f4999: -1 },
    content: { ...Object.fromEntries(wide.map(({ name, default: value }) => [name, value])), f4999: -1 },
  },
  {
    name: 'refers',
    schema: { type: 'record', name: 'Top', fields: [{ name: 'good', type: 'faults.Part' }] },
    document: { good: { n: 7 } },
    refers: true,
  },
  {
    name: 'martian',
    schema: {
      type: 'record',
      name: 'Martian',
      fields: [{ name: 'at', type: { type: 'long', logicalType: 'mars-time' } }],
    },
    document: { at: 42 },
  },
]
/** Each document is sent so often. */
const TIMES = 5

interface Place {
  readonly paths: Paths
  readonly front: RegistryFront
  readonly sides: readonly SideFeed[]
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 22,
  title: 'schemas that are no record, recursive, wide, referring, unknown, broken',
  clients: 'any',
  env: (rig) => {
    const { paths, sides } = placeOf(rig)
    return Object.assign({}, ...sides.map((side) => side.env([paths.url(side.name)])))
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    const paths = await startPaths(rig, (socket, path) => {
      const found = CASES.find(({ name }) => name === path)
      const document = found?.parked ? { n: 1 } : found?.document
      for (let time = 0; time < TIMES; time++) socket.send(JSON.stringify(document))
    })
    const sides = await Promise.all(CASES.map(({ name }) => openSideFeed(rig, name)))
    places.set(rig, { paths, sides, front: await placeFront(rig) })
    await register(rig)
  },
  async start(rig) {
    rig.start()
    await until(
      async () =>
        (await rig.daemon.feed('fault').catch(() => undefined))?.state === 'running' &&
        (await rig.daemon.feed('control')).state === 'running',
      { what: 'the healthy feeds to run' },
    )
  },
  async inject(rig) {
    const { front, sides } = placeOf(rig)
    // All of it was there from the start.
    const from = rig.daemon.log.map(({ msg }) => msg)
    const wait = rig.wait(10)
    for (const [at, { name, parked }] of CASES.entries()) {
      if (!parked) {
        rig.findings.push(await (sides[at] as SideFeed).settled(TIMES))
        continue
      }
      await until(async () => (await rig.daemon.feed(name)).state !== 'running', { what: `${name} to be parked` })
      const { detail = '' } = await rig.daemon.feed(name)
      const isLogged = from
        .concat(rig.daemon.log.map(({ msg }) => msg))
        .some((msg) => msg.includes(`feed ${name} cannot start yet`))
      const ok = parked.test(detail) && detail.length < 600 && isLogged
      rig.findings.push({ id: 'I9', ok, detail: `${name} is parked: ${detail.slice(0, 160)}` })
    }
    await wait
    front.script = undefined
    for (const [at, { parked }] of CASES.entries()) {
      const side = sides[at] as SideFeed
      if (parked) await registerSchema(side.subject, GOOD, [], rig.registry.direct)
    }
    for (const [at, { parked }] of CASES.entries()) {
      if (parked) rig.findings.push(await (sides[at] as SideFeed).settled(TIMES))
    }
  },
  async check(_evidence, rig) {
    const { sides } = placeOf(rig)
    const records: ReadRecord[][] = []
    for (const side of sides) records.push(await side.records())
    // One JVM for all.
    const decoded = await decode(records.flat(), rig.registry.direct)
    return CASES.map(({ name, parked, document, content = document }, at) => {
      const expected = JSON.stringify(parked ? { n: 1 } : content)
      const own = decoded.splice(0, records[at]?.length)
      const right = own.filter((one) => JSON.stringify(one.content) === expected).length
      const ok = right === TIMES && own.length === TIMES
      return { id: 'I5' as const, ok, detail: `${name}: ${right} of ${own.length} records as sent` }
    })
  },
}

/** What the registry takes is registered; the rest the front serves as if it had. */
async function register(rig: Rig): Promise<void> {
  const { front, sides } = placeOf(rig)
  const served = new Map<string, string>()
  const part = `${sides[0]?.topic}-part`
  const Part = { ...GOOD, name: 'Part', namespace: 'faults' }
  await registerSchema(part, Part, [], rig.registry.direct)
  for (const [at, { schema, refers }] of CASES.entries()) {
    const { subject } = sides[at] as SideFeed
    const references = refers ? [{ name: 'faults.Part', subject: part, version: 1 }] : []
    if (typeof schema === 'string') served.set(subject, schema)
    else await registerSchema(subject, schema, references, rig.registry.direct)
  }
  front.script = ({ url = '' }, response) => {
    const found = [...served].find(([subject]) => url.includes(`/${subject}/`))
    if (!found) return false
    const [subject, schema] = found
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ subject, version: 1, id: 900_000, schema }))
    return true
  }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
