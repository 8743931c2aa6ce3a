/** union: chooses the branch for a value. docs/fitting.md states the rules. */
import { ExactNumber, isObject } from '../lib/json-value.ts'
import {
  AS_IS,
  document,
  type Fault,
  type FitLevel,
  faultAt,
  kindOf,
  NO,
  type Omissions,
  type TypeNode,
  written,
} from './node.ts'
import { holdsExactly } from './number.ts'
import { StringNode } from './simple.ts'
import { type Tap, writeLong } from './tap.ts'

/** How a union chooses among its branches. */
export interface UnionOptions {
  /** Whether to choose among ambiguous branches by how well they fit. Otherwise a name is required. */
  readonly converts: boolean
  /**
   * Whether two branches take the same kind of JSON value. Earlier versions required a branch name for such values,
   * therefore a name has priority.
   */
  readonly isAmbiguous: boolean
}

/**
 * The branch for an array or object, how well the value fits, and the value itself or the inner value of `{"branch":
 * …}`.
 */
interface Choice {
  readonly index: number
  readonly level: FitLevel
  readonly value: unknown
  readonly omitted: Omissions
}

const NO_CHOICE: Choice = { index: -1, level: NO, value: undefined, omitted: { undeclared: 0, defaulted: 0 } }
const IGNORED: Omissions = { undeclared: 0, defaulted: 0 }

export class UnionNode implements TypeNode {
  readonly name = 'union'
  readonly branch = 'union'
  readonly kind = undefined
  readonly branches: readonly TypeNode[]
  readonly #options: UnionOptions
  readonly #nullIndex: number
  /** The other branch of a union of null and one type. */
  readonly #only: number | undefined
  readonly #byName: ReadonlyMap<string, number>
  readonly #choices = new Map<object, Choice>()
  /** Number of the document of `#choices`. */
  #document = -1

  constructor(branches: readonly TypeNode[], options: UnionOptions) {
    this.branches = branches
    this.#options = options
    this.#nullIndex = branches.findIndex(({ kind }) => kind === 'null')
    const others = [...branches.keys()].filter((index) => index !== this.#nullIndex)
    this.#only = others.length === 1 ? others[0] : undefined
    this.#byName = branchNames(branches, others)
  }

  fit(value: unknown, omitted: Omissions): FitLevel {
    if (isLeaf(value)) {
      const index = this.#branchOf(value)
      return index < 0 ? NO : (this.branches[index]?.fit(value, IGNORED) ?? NO)
    }
    const { level, omitted: own } = this.#choose(value as object)
    omitted.undeclared += own.undeclared
    omitted.defaulted += own.defaulted
    return level
  }

  write(tap: Tap, value: unknown): boolean {
    if (value === null && this.#nullIndex >= 0) {
      writeLong(tap, this.#nullIndex)
      return true
    }
    if (this.#only !== undefined && this.#writeOnly(tap, value, this.#only)) return true
    return isLeaf(value) ? this.#writeAt(tap, this.#branchOf(value), value) : this.#writeChoice(tap, value as object)
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    if (this.fit(value, { undeclared: 0, defaulted: 0 }) !== NO) return undefined
    const named = this.#nameIn(value)
    if (named !== undefined) return this.#faultOfNamed(named, value, path)
    const kind = kindOf(value)
    const candidates = this.branches.filter((branch) => branch.kind === kind)
    const [only] = candidates
    // With a single branch of the value's kind, the fault inside is more precise.
    return (candidates.length === 1 && only?.fault(value, path)) || faultAt(path, value, this)
  }

  /** Fast path for the usual case. Restores `tap` and `written` if the value does not fit as it is. */
  #writeOnly(tap: Tap, value: unknown, index: number): boolean {
    const node = this.branches[index]
    if (node?.kind !== kindOf(value)) return false
    // A choice exists because an earlier attempt failed.
    if (this.#document === document.number && this.#choices.has(value as object)) return false
    const { position } = tap
    const { undeclared } = written
    writeLong(tap, index)
    if (node?.write(tap, value)) return true
    tap.position = position
    written.undeclared = undeclared
    return false
  }

  #writeChoice(tap: Tap, value: object): boolean {
    const { index, value: inner } = this.#choose(value)
    return this.#writeAt(tap, index, inner)
  }

  #writeAt(tap: Tap, index: number, value: unknown): boolean {
    if (index < 0) return false
    writeLong(tap, index)
    return this.branches[index]?.write(tap, value) ?? false
  }

  /** The branch for a value other than an array or object; -1 if there is none. */
  #branchOf(value: unknown): number {
    if (value === null) return this.#nullIndex
    if (this.#options.isAmbiguous && !this.#options.converts) return -1
    let best = -1
    let level: FitLevel = NO
    for (let index = 0; index < this.branches.length; index++) {
      const node = this.branches[index] as TypeNode
      const own = node.fit(value, IGNORED)
      if (own < level || own === NO) continue
      if (own === level && !saysMore(node, this.branches[best] as TypeNode, value)) continue
      best = index
      level = own
    }
    return best
  }

  #choose(value: object): Choice {
    // Nested unions ask repeatedly for the same value. Without the cache the work would double with each level.
    if (this.#document !== document.number) {
      this.#document = document.number
      this.#choices.clear()
    }
    const known = this.#choices.get(value)
    if (known) return known
    const choice = this.#chosen(value)
    this.#choices.set(value, choice)
    return choice
  }

  #chosen(value: object): Choice {
    const { isAmbiguous, converts } = this.#options
    const named = isAmbiguous || converts ? this.#named(value) : NO_CHOICE
    if (isAmbiguous && (named.level === AS_IS || !converts)) return named
    const best = this.#best(value)
    return best.level === AS_IS || named.level === NO ? best : named
  }

  #named(value: object): Choice {
    const name = this.#nameIn(value)
    return name === undefined ? NO_CHOICE : this.#at(this.#byName.get(name) ?? -1, Reflect.get(value, name))
  }

  /** The name in `{"branch": …}` without other keys (Avro 1.12, "JSON encoding"). */
  #nameIn(value: unknown): string | undefined {
    if (!isObject(value)) return undefined
    const [name, ...others] = Object.keys(value)
    return name !== undefined && others.length === 0 && this.#byName.has(name) ? name : undefined
  }

  #faultOfNamed(name: string, value: unknown, path: string[]): Fault {
    const branch = this.branches[this.#byName.get(name) ?? -1]
    path.push(name)
    const fault = branch?.fault(Reflect.get(value as object, name), path)
    path.pop()
    return fault ?? faultAt(path, value, this)
  }

  #best(value: object): Choice {
    let best = NO_CHOICE
    for (let index = 0; index < this.branches.length; index++) {
      const choice = this.#at(index, value)
      if (choice.level > best.level || (choice.level === best.level && this.#isCloser(choice, best))) best = choice
    }
    return best
  }

  /** Among equally fitting records prefers fewer undeclared fields, then a record over a map, then fewer defaults. */
  #isCloser(one: Choice, best: Choice): boolean {
    const [node, other] = [this.branches[one.index], this.branches[best.index]]
    if (!node || !other) return false
    if (one.omitted.undeclared !== best.omitted.undeclared) return one.omitted.undeclared < best.omitted.undeclared
    if (node.branch === 'map' || other.branch === 'map') return other.branch === 'map'
    return one.omitted.defaulted < best.omitted.defaulted
  }

  #at(index: number, value: unknown): Choice {
    const omitted = { undeclared: 0, defaulted: 0 }
    const level = this.branches[index]?.fit(value, omitted) ?? NO
    return level === NO ? NO_CHOICE : { index, level, value, omitted }
  }
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null || value instanceof ExactNumber
}

/** A unique last part of a full name also identifies a branch. */
function branchNames(branches: readonly TypeNode[], indexes: readonly number[]): ReadonlyMap<string, number> {
  const named = indexes.map((index) => [branches[index]?.branch ?? '', index] as const)
  const shortOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
  const short = named.map(([name, index]) => [shortOf(name), index] as const)
  return new Map([...short.filter(([name]) => short.filter(([other]) => other === name).length === 1), ...named])
}

/**
 * Whether `node` is more specific than `other`, which fits as well: a number without rounding, or a symbol rather than
 * a text.
 */
function saysMore(node: TypeNode, other: TypeNode, value: unknown): boolean {
  if (typeof value === 'string') return other instanceof StringNode
  return holdsExactly(node, value) && !holdsExactly(other, value)
}
