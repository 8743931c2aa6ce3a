/** Row 24: values at the edges of what JSON, JavaScript and Avro can say: exact in Kafka, or a dead letter that says where. */
import type { Decoded } from '../../support/decode/decode.ts'
import type { ReadRecord } from '../../support/stack.ts'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

/** A document sets one of these beside its id; the others take their defaults. */
const SCHEMA = {
  type: 'record',
  name: 'Edge',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'long', type: 'long', default: 7 },
    { name: 'int', type: 'int', default: 0 },
    { name: 'float', type: 'float', default: 0 },
    { name: 'double', type: 'double', default: 0 },
    { name: 'text', type: 'string', default: '' },
    { name: 'flag', type: 'boolean', default: false },
    { name: 'maybe', type: ['null', 'long'], default: null },
    { name: 'either', type: ['null', 'long', 'double'], default: null },
    { name: 'mixed', type: ['null', 'string', 'long'], default: null },
    { name: 'side', type: { type: 'enum', name: 'Side', symbols: ['BUY', 'SELL'] }, default: 'BUY' },
    { name: 'list', type: { type: 'array', items: 'long' }, default: [] },
    { name: 'counts', type: { type: 'map', values: 'int' }, default: {} },
    {
      name: 'inner',
      type: { type: 'record', name: 'Inner', fields: [{ name: 'n', type: 'long', default: 0 }] },
      default: {},
    },
  ],
}

/** What Kafka holds of the field, as the other decoder prints it. */
interface Exact {
  readonly is: string
}
/** Why it is in the dead letters, and the path that is named. */
interface Refused {
  readonly reason: string
  readonly path: string
}
/** Field, its JSON text (nothing: left out), and what is right; of two, either one is. */
type Case = readonly [field: string, json: string, ...right: readonly (Exact | Refused)[]]

const is = (text: string): Exact => ({ is: text })
const badNumber = (path: string): Refused => ({ reason: 'bad_number', path })
const badValue = (path: string): Refused => ({ reason: 'bad_value', path })

const CASES: readonly Case[] = [
  ['long', '9007199254740991', is('9007199254740991')],
  // What JavaScript's numbers cannot hold is exact or refused, never the neighbour.
  ['long', '9007199254740993', is('9007199254740993'), badNumber('long')],
  ['long', '-4503599627370496', is('-4503599627370496')],
  ['long', '-4503599627370497', is('-4503599627370497'), badNumber('long')],
  ['long', '-9007199254740993', is('-9007199254740993'), badNumber('long')],
  ['long', '9223372036854775807', is('9223372036854775807'), badNumber('long')],
  ['long', '9223372036854775808', badNumber('long')],
  ['long', '-9223372036854775809', badNumber('long')],
  ['long', '1.5', badNumber('long')],
  ['long', '1e3', is('1000')],
  ['long', '1e400', badNumber('long')],
  ['long', '"5"', badValue('long')],
  ['long', 'null', badValue('long')],
  ['long', '', is('7')],
  ['long', '-0', is('0')],
  ['int', '2147483647', is('2147483647')],
  ['int', '-2147483648', is('-2147483648')],
  ['int', '2147483648', badNumber('int')],
  ['float', '1.5', is('1.5')],
  ['float', '3.4028234663852886e38', is('3.4028235E38')],
  ['float', '1e39', badNumber('float')],
  ['double', '1e39', is('1.0E39')],
  ['double', '1e400', badNumber('double')],
  ['double', '-1e400', badNumber('double')],
  ['double', '5e-324', is('4.9E-324')],
  ['double', '-0.0', is('-0.0')],
  ['double', '0.1', is('0.1')],
  ['double', '"NaN"', badValue('double')],
  ['double', '"Infinity"', badValue('double')],
  ['double', 'true', badValue('double')],
  ['text', '"\\ud800"', badValue('text')],
  ['text', '"\\udc00\\ud800"', badValue('text')],
  ['text', '"\\ud83d\\ude00"', is('"\\ud83d\\ude00"')],
  ['text', '"\\ufffd"', is('"\ufffd"')],
  ['text', '"a\\u0000b"', is('"a\\u0000b"')],
  ['text', '5', badValue('text')],
  ['flag', '1', badValue('flag')],
  ['maybe', 'null', is('null')],
  ['maybe', '', is('null')],
  ['maybe', '5', is('5')],
  // Nothing is ambiguous here, so no branch is named.
  ['maybe', '{"long":6}', badValue('maybe')],
  ['maybe', '"5"', badValue('maybe')],
  ['maybe', '9007199254740993', is('9007199254740993'), badNumber('maybe')],
  // Which of the two numbers is meant is not for us to guess.
  ['either', '5', badValue('either')],
  ['either', '{"long":5}', is('5')],
  ['either', '{"double":5}', is('5.0')],
  ['either', '{"long":1.5}', badNumber('either.long')],
  ['mixed', '5', is('5')],
  ['mixed', '"5"', is('"5"')],
  ['side', '"SELL"', is('"SELL"')],
  ['side', '"constructor"', badValue('side')],
  ['side', '["SELL"]', badValue('side')],
  ['list', '[1,2,9007199254740993]', is('[1,2,9007199254740993]'), badNumber('list.2')],
  ['list', '{"0":1}', badValue('list')],
  ['counts', '{"__proto__":1}', is('{"__proto__":1}')],
  ['counts', '{"a":2147483648}', badNumber('counts.*')],
  ['inner', '{"n":-4503599627370497}', is('{"n":-4503599627370497}'), badNumber('inner.n')],
  ['inner', '[]', badValue('inner')],
  // What the schema does not name is left behind.
  ['surplus', '{"deep":[1]}', is('')],
]
const isExact = (right: Exact | Refused): right is Exact => 'is' in right

interface Place {
  readonly edges: SideFeed
  readonly paths: Paths
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 24,
  title: 'values at the edges: exact, or a dead letter with the path',
  clients: 'any',
  env: (rig) => {
    const place = places.get(rig)
    return { ...place?.edges.env([place.paths.url('edges')]) }
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    places.set(rig, { edges: await openSideFeed(rig, 'edges', { schema: SCHEMA }), paths: await startPaths(rig) })
  },
  async inject(rig) {
    const place = places.get(rig)
    if (!place) return
    const wait = rig.wait(5)
    for (const [id, [field, json]] of CASES.entries()) {
      await place.paths.send('edges', `{"id":${id}${json === '' ? '' : `,"${field}":${json}`}}`)
    }
    await rig.noticesInLog(/a document was refused: \w+: /)
    await wait
    rig.findings.push(await place.edges.settled(CASES.length))
  },
  async check(_evidence, rig) {
    const place = places.get(rig)
    if (!place) return []
    const [decoded, letters] = [await place.edges.decoded(), await place.edges.deadLetters()]
    const records = new Map(decoded.map((one) => [Number(one.content.id), one]))
    const dead = new Map(letters.map((one) => [Number(/"id":(\d+)/.exec(String(one.value))?.[1]), one]))
    const wrong = CASES.flatMap((one, id) => problem(one, records.get(id), dead.get(id)) ?? [])
    const once = decoded.length === records.size && letters.length === dead.size
    const detail = `${decoded.length} of ${CASES.length} values are exact, ${letters.length} refused`
    const findings: Finding[] = wrong.map((text) => ({ id: 'I5', ok: false, detail: text }))
    const all = once && decoded.length + letters.length === CASES.length
    return [...findings, { id: 'I5', ok: all && wrong.length === 0, detail }]
  },
}

function problem([field, json, ...right]: Case, record?: Decoded, letter?: ReadRecord): string | undefined {
  const what = `${field} ${json || '(left out)'}`
  if (record && letter) return `${what} is in both topics`
  if (record) {
    const held = fieldOf(record, field)
    return right.some((one) => isExact(one) && one.is === held) ? undefined : `${what} became ${held}`
  }
  if (!letter) return `${what} is nowhere`
  const reason = String(letter.headers['tributary-reason'])
  const error = String(letter.headers['tributary-error'])
  const isRight = right.some((one) => !isExact(one) && one.reason === reason && error.startsWith(`${one.path}: `))
  return isRight ? undefined : `${what} was refused: ${reason}, ${error}`
}

/** The field as the decoder printed it, every digit; empty for one that is not there. */
function fieldOf({ text }: Decoded, field: string): string {
  const names = SCHEMA.fields.map(({ name }) => name)
  const at = names.indexOf(field)
  if (at < 0) return text.includes(`"${field}"`) ? text : ''
  const next = names[at + 1]
  const from = text.indexOf(`"${field}":`) + field.length + 3
  return text.slice(from, next === undefined ? -1 : text.indexOf(`,"${next}":`, from))
}
