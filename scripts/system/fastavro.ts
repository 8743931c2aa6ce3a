/** Check: a decoder that shares no code with ours reads from Kafka exactly the documents that the upstreams sent. */
import { join } from 'node:path'
import { type Check, type Context, expect, NotRun } from './check.ts'
import { run, works } from './command.ts'
import { readRecords, schemaOf } from './record.ts'
import { type Rig, withRig } from './rig.ts'

type Document = Record<string, unknown>

const COUNT = 50
const HEADER_BYTES = 5
/** Normalising writes this anew, see the tests of the normaliser; everything else must come through as it was. */
const REWRITTEN = 'timestamp'

export const fastavro: Check = {
  help: 'fastavro (Python) decodes every record to exactly what the upstream sent',
  async run(context) {
    const python = await firstPython()
    if (python === undefined) {
      throw new NotRun('no python3 with fastavro', 'apt install python3-fastavro, or pip in a virtual environment')
    }
    await withRig({ signal: context.signal, rate: 200, count: COUNT }, async (rig) => {
      const { trades, credentials, readings, deliveries } = rig.upstreams
      const nothing = { tradeData: null, tradeCredential: null }
      const texts = () => ({
        TradeEvent: [
          ...sent(trades).map((document) => ({ ...nothing, ...document })),
          ...sent(credentials).map((document) => ({ ...nothing, ...document, tradeCredential: renamed(document) })),
        ],
        health_sensor: sent(readings),
        sessions: sent(deliveries).map(delivery),
      })
      for (const [topic, count] of Object.entries({ TradeEvent: 2 * COUNT, health_sensor: COUNT, sessions: COUNT })) {
        const documents = await decode(python, topic, count, rig, context)
        compare(topic, documents, texts()[topic as keyof ReturnType<typeof texts>])
        context.seen(`${topic}: ${count} records decode to what was sent`)
      }
    })
  },
}

/** That of the system has the packages of the system, though another may come first in the PATH. */
async function firstPython(): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    if (await works([python, '-c', 'import fastavro'])) return python
  }
  return undefined
}

function sent(upstream: { texts(): readonly (readonly string[])[] }): Document[] {
  return upstream.texts().flatMap((texts) => texts.map((text) => JSON.parse(text) as Document))
}

/** What the schema of trades asks of a credential, and no more: the signature stays as it is. */
function renamed({ tradeCredential }: Document): Document {
  const { '@context': context, ...rest } = tradeCredential as Document
  return { ...rest, context }
}

/** The declared fields under their declared names. */
function delivery({ order_number, route_name, waypoint_count, [REWRITTEN]: time, ...document }: Document): Document {
  return { ...document, ...(order_number === undefined ? {} : { order_id: order_number }) }
}

async function decode(
  python: string,
  topic: string,
  count: number,
  { servers }: Rig,
  { signal }: Context,
): Promise<Document[]> {
  const records = await readRecords(topic, count, servers)
  const lines: string[] = []
  for (const { value } of records) {
    const schema = await schemaOf(value, servers)
    lines.push(JSON.stringify({ schema, value: value.subarray(HEADER_BYTES).toString('base64') }))
  }
  const output = await run([python, join(import.meta.dirname, 'decode.py')], { signal, input: `${lines.join('\n')}\n` })
  return output.split('\n').map((line) => JSON.parse(line) as Document)
}

/** Sources of a feed share a topic, so what is compared is the sorted whole. */
function compare(topic: string, decoded: readonly Document[], wanted: readonly Document[]): void {
  const got = decoded.map(({ [REWRITTEN]: time, ...document }) => {
    const good = time === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(time))
    expect(good, `${topic}: the timestamp ${time} is not normalised`)
    return canonical(document)
  })
  const expected = wanted.map(canonical).sort()
  expect(got.length === expected.length, `${topic}: ${got.length} records for ${expected.length} documents`)
  for (const [at, text] of got.sort().entries()) {
    expect(text === expected[at], `${topic}: decoded ${text}\nsent ${expected[at]}`)
  }
}

/** JSON with the keys in order, so that equal documents are equal texts. */
function canonical(value: unknown): string {
  const sorted = (_: string, it: unknown): unknown =>
    it !== null && typeof it === 'object' && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it
  return JSON.stringify(value, sorted)
}
