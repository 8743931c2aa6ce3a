/** Random schemas, and documents for them: most fit, some do not, and their numbers are of every kind. */
import { digits, type Random } from '../random.ts'
import { hostileNumber, pick, tameNumber } from './numbers.ts'

/** A schema as JSON text, and a maker of documents as JSON text. */
export interface Made {
  readonly schema: string
  readonly text: (random: Random) => string
}

/** A type under construction: `kind` is that of the JSON values it takes, `name` that of its branch in a union. */
interface Type extends Made {
  readonly kind: string
  readonly name: string
  /** A default as JSON text; empty: none. */
  readonly fallback: (random: Random) => string
}

const NUMBERS = ['int', 'long', 'float', 'double']
const STRANGE_NAMES = ['constructor', 'toString', '__proto__', 'length', 'name']
const STRINGS = [
  '"x"',
  '""',
  '"é東😀"',
  '"\\u0000\\"\\\\\\n"',
  '"\\ud83d\\ude00"',
  '"12345678901234567890"',
  '"1e-400"',
]

/** A record of up to six fields. */
export function randomSchema(random: Random): Made {
  let named = 0
  const record = (depth: number): Type => {
    const name = `R${named++}`
    const fields = Array.from({ length: 1 + random(6) }, (_, i) => field(i, depth))
    const schema = `{"type":"record","name":"${name}","fields":[${fields.map((each) => each.schema).join()}]}`
    return { kind: 'object', name, schema, text: (r) => objectOf(fields, r), fallback: () => '' }
  }
  const field = (index: number, depth: number): Made & { readonly name: string } => {
    const name = random(12) === 0 ? (STRANGE_NAMES[index] ?? `f${index}`) : `f${index}`
    const type = any(depth - 1)
    const fallback = random(3) === 0 ? type.fallback(random) : ''
    const said = fallback && `,"default":${fallback}`
    return { name, schema: `{"name":"${name}","type":${type.schema}${said}}`, text: type.text }
  }
  const any = (depth: number): Type => {
    const kinds = depth > 0 ? 12 : 7
    switch (random(kinds)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return number(pick(random, NUMBERS))
      case 5:
        return pick(random, [STRING, BOOLEAN, NULL])
      case 6:
        return symbols()
      case 7:
        return list(any(depth - 1))
      case 8:
        return map(any(depth - 1))
      case 9:
        return record(depth - 1)
      default:
        return union(depth)
    }
  }
  const symbols = (): Type => {
    const name = `n.s.E${named++}`
    const names = pick(random, [['A', 'B'], ['toString', 'A', 'constructor'], ['ONLY']])
    const schema = `{"type":"enum","name":"${name}","symbols":${JSON.stringify(names)}}`
    const one = (r: Random): string => JSON.stringify(pick(r, names))
    return { kind: 'string', name, schema, text: (r) => (r(20) === 0 ? '"Z"' : one(r)), fallback: one }
  }
  const union = (depth: number): Type => {
    const branches = new Map<string, Type>()
    for (let i = 0; i < 2 + random(3); i++) {
      const type = i === 0 && random(3) > 0 ? NULL : any(depth - 1)
      if (type.kind !== 'union') branches.set(type.name, type)
    }
    return unionOf(branches.size === 0 ? [NULL] : [...branches.values()])
  }
  return record(3)
}

const flag = (r: Random): string => pick(r, ['true', 'false'])
const nothing = (): string => 'null'
const NULL: Type = { kind: 'null', name: 'null', schema: '"null"', text: nothing, fallback: nothing }
const BOOLEAN: Type = { kind: 'boolean', name: 'boolean', schema: '"boolean"', text: flag, fallback: flag }
const STRING: Type = {
  kind: 'string',
  name: 'string',
  schema: '"string"',
  text: (r) => (r(40) === 0 ? '"\\ud800"' : pick(r, STRINGS)),
  fallback: () => '"d"',
}

function number(name: string): Type {
  const text = (r: Random): string => (r(4) === 0 ? hostileNumber(r) : tameNumber(name, r))
  const limits = ['0', '-9223372036854775808', '9223372036854775807', '9007199254740993']
  return { kind: 'number', name, schema: `"${name}"`, text, fallback: (r) => (name === 'long' ? pick(r, limits) : '7') }
}

function list(item: Type): Type {
  const text = (r: Random): string => `[${Array.from({ length: r(4) }, () => some(item, r)).join()}]`
  return { kind: 'array', name: 'array', schema: `{"type":"array","items":${item.schema}}`, text, fallback: () => '[]' }
}

function map(value: Type): Type {
  const keys = ['a', 'b', '__proto__', 'é', '12345678901234567890']
  const text = (r: Random): string =>
    `{${Array.from({ length: r(4) }, () => `"${pick(r, keys)}":${some(value, r)}`).join()}}`
  return { kind: 'object', name: 'map', schema: `{"type":"map","values":${value.schema}}`, text, fallback: () => '{}' }
}

/** As the daemon tells branches apart: by kind, or by name where a kind has several. */
function unionOf(branches: readonly Type[]): Type {
  const isPlain = new Set(branches.map(({ kind }) => kind)).size === branches.length
  const text = (r: Random): string => {
    const branch = pick(r, branches)
    const plain = isPlain || branch.kind === 'null' || r(20) === 0
    const name = r(40) === 0 ? pick(r, STRANGE_NAMES) : branch.name
    return plain ? branch.text(r) : `{"${name}":${some(branch, r)}}`
  }
  const schema = `[${branches.map((branch) => branch.schema).join()}]`
  return { kind: 'union', name: '', schema, text, fallback: (r) => pick(r, branches).fallback(r) }
}

function objectOf(fields: readonly (Made & { readonly name: string })[], random: Random): string {
  const present = fields.filter(() => random(30) > 0)
  const entries = present.map((each) => `"${each.name}":${some(each, random)}`)
  if (random(5) === 0) entries.push(`"surplus":{"deep":[${hostileNumber(random)}]}`)
  if (random(15) === 0 && present[0]) entries.push(`"${present[0].name}" : ${some(present[0], random)}`)
  return `{${entries.join(random(4) === 0 ? ' ,\n' : ',')}}`
}

/** A value of the type, or now and then of another. */
function some(type: Made, random: Random): string {
  if (random(60) > 0) return type.text(random)
  return pick(random, ['null', 'true', '"5"', '{}', '[]', '[1]', hostileNumber(random), `"${digits(random, 20)}"`])
}
