/** Detects valid schemas that no plain JSON document fits. */
import type { Misfit } from '../events.ts'
import { FixedNode } from '../fit/bytes.ts'
import { ArrayNode, MapNode } from '../fit/containers.ts'
import { document, NO, type TypeNode } from '../fit/node.ts'
import type { Plan } from '../fit/plan.ts'
import { RecordNode } from '../fit/record.ts'
import { EnumNode } from '../fit/simple.ts'
import { UnionNode } from '../fit/union.ts'

/** A fitting value and the number of its parts, or why no value fits. */
type Specimen =
  | { readonly value: unknown; readonly size: number }
  | { readonly path: readonly string[]; readonly why: string; readonly cure: string }

/** Limits of the search. Beyond them a schema counts as fitting. */
const MOST_STEPS = 10_000
const MOST_SAMPLE_BYTES = 1_024
const SAMPLE_UUID = '00000000-0000-4000-8000-000000000000'

/**
 * The first required field that no JSON value fits; undefined if some document fits. Builds a sample document and
 * tries to fit the sample.
 */
export function misfitOf({ root }: Plan): Misfit | undefined {
  const documents = root instanceof UnionNode ? root.branches.filter(({ kind }) => kind === 'object') : [root]
  const search = new Search()
  const tried = documents.map((one) => search.specimen(one))
  const [first] = tried
  if (!first || search.isExhausted || tried.some((one) => 'value' in one) || 'value' in first) return undefined
  return { path: first.path.join('.'), why: first.why, cure: first.cure }
}

class Search {
  readonly #found = new Map<TypeNode, Specimen>()
  readonly #open = new Set<TypeNode>()
  #steps = 0

  get isExhausted(): boolean {
    return this.#steps > MOST_STEPS
  }

  specimen(node: TypeNode): Specimen {
    const known = this.#found.get(node)
    if (known) return known
    if (this.#open.has(node) || ++this.#steps > MOST_STEPS) {
      return { path: [], why: 'it holds itself without end', cure: 'make it a union with null' }
    }
    this.#open.add(node)
    const made = this.#made(node)
    this.#open.delete(node)
    if ('value' in made) this.#found.set(node, made)
    return made
  }

  #made(node: TypeNode): Specimen {
    if (node instanceof RecordNode) return this.#record(node)
    if (node instanceof UnionNode) return this.#union(node)
    if (node instanceof ArrayNode) return { value: [], size: 1 }
    if (node instanceof MapNode) return { value: {}, size: 1 }
    const value = leaves(node).find((leaf) => fits(node, leaf))
    if (value !== undefined) return { value, size: 1 }
    return { path: [], why: `no JSON value fits ${node.name}`, cure: 'give the field a default, or another type' }
  }

  #record(node: RecordNode): Specimen {
    const value = Object.create(null)
    let size = 1
    for (const field of node.fields) {
      if (field.fallback !== undefined) continue
      const made = this.specimen(field.node)
      if (!('value' in made)) return { ...made, path: [field.name, ...made.path] }
      value[field.name] = made.value
      size += made.size
    }
    // The same sample may occur in many places; each occurrence is visited.
    if (size > MOST_STEPS) this.#steps = size
    return { value, size }
  }

  #union(node: UnionNode): Specimen {
    const made = node.branches.map((branch) => this.specimen(branch))
    const values = made.filter((one) => 'value' in one)
    const value = values.find((one) => this.isExhausted || fits(node, one.value))
    if (value) return value
    const [first] = made
    if (values.length === 0 && first) return first
    const names = node.branches.map(({ branch }) => branch)
    return {
      path: [],
      why: `the branches of its union (${names.join(' and ')}) cannot be told apart in plain JSON`,
      cure: `let COERCE be safe, give it a default, or let the upstream name the branch, such as {"${names[0]}": …}`,
    }
  }
}

/** JSON values for types without inner types; one should fit. `null` comes last. */
function leaves(node: TypeNode): unknown[] {
  const size = node instanceof FixedNode ? Math.min(node.size, MOST_SAMPLE_BYTES) : 0
  const symbols = node instanceof EnumNode ? node.symbols.slice(0, 1) : []
  return [...symbols, 0, true, '', 'a'.repeat(size), Buffer.alloc(size).toString('base64'), SAMPLE_UUID, 'P1D', null]
}

function fits(node: TypeNode, value: unknown): boolean {
  document.number++
  return node.fit(value, { undeclared: 0, defaulted: 0 }) !== NO
}
