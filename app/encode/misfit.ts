/** Schemas that are valid and that no plain JSON document fits. */
import type { Misfit } from '../events.ts'
import type { AvroType } from './checked-types.ts'

/** A compiled type as far as it is taken apart here. */
interface Inner extends AvroType {
  readonly name?: string
  readonly fields?: readonly { readonly name: string; readonly type: Inner; defaultValue(): unknown }[]
  readonly types?: readonly Inner[]
  readonly symbols?: readonly string[]
  readonly size?: number
}

/** A value that fits and how much it holds, or why there is none. */
type Specimen =
  | { readonly value: unknown; readonly size: number }
  | { readonly path: readonly string[]; readonly why: string; readonly cure: string }

/** A schema whose types refer to each other so often, or whose specimen holds so much, is left unjudged. */
const MOST_STEPS = 10_000
const MOST_SYMBOLS_BYTES = 1_024

/**
 * The first required field that no JSON value fits, asked of the type itself: a document is made up that should fit. Undefined
 * where one fits. Values in the JSON encoding of Avro, which names the branch of a union (`{"long": 1}`), are not tried.
 */
export function misfitOf(type: AvroType): Misfit | undefined {
  const inner = type as Inner
  const documents = inner.types?.filter(takesObject) ?? [inner]
  const search = new Search()
  const tried = documents.map((document) => search.specimen(document))
  const [first] = tried
  if (!first || search.isExhausted || tried.some((one) => 'value' in one) || 'value' in first) return undefined
  return { path: first.path.join('.'), why: first.why, cure: first.cure }
}

function takesObject({ typeName }: Inner): boolean {
  return typeName === 'record' || typeName === 'map'
}

class Search {
  readonly #found = new Map<Inner, Specimen>()
  readonly #open = new Set<Inner>()
  #steps = 0

  get isExhausted(): boolean {
    return this.#steps > MOST_STEPS
  }

  specimen(type: Inner): Specimen {
    const known = this.#found.get(type)
    if (known) return known
    if (this.#open.has(type) || ++this.#steps > MOST_STEPS) {
      return { path: [], why: 'it holds itself without end', cure: 'make it a union with null' }
    }
    this.#open.add(type)
    const made = this.#made(type)
    this.#open.delete(type)
    if ('value' in made) this.#found.set(type, made)
    return made
  }

  #made(type: Inner): Specimen {
    if (type.fields) return this.#record(type, type.fields)
    if (type.types) return this.#union(type, type.types)
    const value = leaves(type).find((leaf) => fits(type, leaf))
    if (value !== undefined) return { value, size: 1 }
    return { path: [], why: `no JSON value fits ${nameOf(type)}`, cure: 'give the field a default, or another type' }
  }

  #record(type: Inner, fields: NonNullable<Inner['fields']>): Specimen {
    const value = Object.create(null)
    let size = 1
    for (const field of fields) {
      if (field.defaultValue() !== undefined) continue
      const made = this.specimen(field.type)
      if (!('value' in made)) return { ...made, path: [field.name, ...made.path] }
      value[field.name] = made.value
      size += made.size
    }
    // The same specimen may stand in many places, and each is looked at.
    if (size > MOST_STEPS) this.#steps = size
    if (this.isExhausted || fits(type, value)) return { value, size }
    return { path: [], why: `no JSON object fits ${nameOf(type)}`, cure: 'register a simpler version' }
  }

  #union(type: Inner, branches: readonly Inner[]): Specimen {
    const made = branches.map((branch) => this.specimen(branch))
    const values = made.filter((one) => 'value' in one)
    const value = values.find((one) => this.isExhausted || fits(type, one.value))
    if (value) return value
    const [first] = made
    if (values.length === 0 && first) return first
    const names = branches.map(nameOf).join(' and ')
    return {
      path: [],
      why: `the branches of its union (${names}) cannot be told apart in plain JSON`,
      cure: `make it one type with optional fields, give it a default, or let the upstream name the branch, such as {"${nameOf(branches[0] ?? type)}": …}`,
    }
  }
}

/** JSON values, one of which should fit a type that holds no others. `null` last, and never undefined. */
function leaves({ symbols, size = 0 }: Inner): unknown[] {
  const long = Math.min(size, MOST_SYMBOLS_BYTES)
  const texts = ['', 'a'.repeat(long), '00'.repeat(long), Buffer.alloc(long).toString('base64')]
  return [...(symbols?.slice(0, 1) ?? []), 0, true, ...texts, [], {}, null]
}

function fits(type: Inner, value: unknown): boolean {
  return type.isValid(value, { errorHook: () => {} })
}

function nameOf({ typeName, name }: Inner): string {
  return name ?? typeName
}
