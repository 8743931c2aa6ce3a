/** Row 20: new, compatible versions of the schema under load. */
import { registerSchema } from '../../support/stack.ts'
import { FAULT_SCHEMA, stamp } from '../document.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'
import { type Simulator, startSimulator } from '../simulator.ts'

const [source, seq, price, side, canary, pad, sha] = FAULT_SCHEMA.fields
const versionOf = (fields: readonly object[]): object => ({ ...FAULT_SCHEMA, fields })
/** Each can be read with the one before it: fields with defaults come, and one goes. */
const VERSIONS = [
  [source, seq, price, canary, pad, sha],
  [source, seq, price, side, canary, pad, sha],
  [seq, source, side, price, canary, sha, { name: 'venue', type: 'string', default: 'none' }],
] as const

interface Place {
  readonly evolving: SideFeed
  readonly simulator: Simulator
  readonly ids: number[]
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 20,
  title: 'two compatible versions of a schema under load',
  clients: 'any',
  env: (rig) => {
    const place = places.get(rig)
    return { ...place?.evolving.env(place.simulator.urls), SCHEMA_REGISTRY_REFRESH: '500ms' }
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    const simulator = await startSimulator({ name: 'evolving', sources: 3, rate: 500, canary: rig.canaries.payload })
    rig.defer(() => simulator[Symbol.asyncDispose]())
    const evolving = await openSideFeed(rig, 'evolving', { partitions: 2 })
    const id = await registerSchema(evolving.subject, versionOf(VERSIONS[0]), [], rig.registry.direct)
    places.set(rig, { evolving, simulator, ids: [id] })
  },
  async inject(rig) {
    const place = places.get(rig)
    if (!place) return
    const { evolving, simulator, ids } = place
    await rig.wait(5)
    for (const fields of VERSIONS.slice(1)) {
      rig.mark()
      const id = await registerSchema(evolving.subject, versionOf(fields), [], rig.registry.direct)
      ids.push(id)
      const wait = rig.wait(10)
      await rig.noticesInLog(new RegExp(`${evolving.subject}: version ${ids.length}, schema id ${id}`))
      await wait
    }
    simulator.paused = true
    rig.findings.push(await evolving.settled(simulator.written))
  },
  async check(_evidence, rig) {
    const place = places.get(rig)
    if (!place) return []
    const { evolving, simulator, ids } = place
    const decoded = await evolving.decoded()
    const perVersion = ids.map((id) => decoded.filter(({ schemaId }) => schemaId === id).length)
    const wrong = decoded.filter((one) => !isRight(one.content, ids.indexOf(one.schemaId), rig))
    const seen = new Set(decoded.map(({ content }) => `${content.source} ${content.seq}`))
    const complete = seen.size === simulator.written && decoded.length === seen.size
    const example = wrong[0]?.text.slice(0, 200) ?? ''
    return [
      { id: 'I2', ok: complete, detail: `${decoded.length} records, ${seen.size} different, of ${simulator.written}` },
      {
        id: 'I5',
        ok: wrong.length === 0 && perVersion.every((records) => records > 0),
        detail: `${perVersion.join(', ')} records of the versions; ${wrong.length} do not fit theirs ${example}`,
      },
      inOrderOfVersions(decoded, ids),
    ]
  },
}

/** Whether the content is that of the document, in the fields of the version whose id the record carries, and no others. */
function isRight(content: Readonly<Record<string, unknown>>, version: number, rig: Rig): boolean {
  const fields = VERSIONS[version]
  if (!fields) return false
  const sent: Record<string, unknown> = {
    ...stamp(String(content.source), Number(content.seq), rig.canaries.payload, ''),
  }
  const expected = { ...sent, venue: 'none' }
  const names = fields.map(({ name }) => name as keyof typeof expected)
  return Object.keys(content).length === names.length && names.every((name) => content[name] === expected[name])
}

/** A source's later message never has an earlier version. */
function inOrderOfVersions(
  decoded: readonly { readonly schemaId: number; readonly content: Readonly<Record<string, unknown>> }[],
  ids: readonly number[],
): { id: 'row'; ok: boolean; detail: string } {
  const latest = new Map<unknown, number>()
  let back = 0
  for (const { schemaId, content } of decoded) {
    const version = ids.indexOf(schemaId)
    if (version < (latest.get(content.source) ?? 0)) back++
    latest.set(content.source, version)
  }
  return { id: 'row', ok: back === 0, detail: `${back} times an earlier version after a later one` }
}
