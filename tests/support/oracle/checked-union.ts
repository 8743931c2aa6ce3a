/** avsc's unions, which know neither our exact numbers nor defaults of a later branch. */
import { ExactNumber, isObject } from '../../../app/lib/json-value.ts'
import {
  type AvscType,
  type Constructor,
  type CopyOptions,
  type InnerType,
  type Options,
  ownTable,
  Type,
  types,
} from './avsc.ts'

interface UnionType extends InnerType {
  readonly types: readonly InnerType[]
}
interface UnwrappedUnion extends UnionType {
  /** Index of the branch for a value of some kind. */
  readonly _bucketIndices: Readonly<Record<string, number>>
  _getIndex(value: unknown): number | undefined
}
interface Branch extends InnerType {
  /** Wraps a value as a document would; null for the type `null`. */
  readonly _branchConstructor: (new (value: unknown) => unknown) | null
}

class CheckedUnwrapped extends (types.UnwrappedUnionType as unknown as Constructor<UnwrappedUnion>) {
  set _branchIndices(_: unknown) {
    ownTable(this, '_branchIndices')
  }
  override _getIndex(value: unknown): number | undefined {
    return value instanceof ExactNumber ? this._bucketIndices.number : super._getIndex(value)
  }
  override _copy(value: unknown, options?: CopyOptions): unknown {
    return options?.wrap === 2 ? asDefault(this, value, options, (_, copy) => copy) : super._copy(value, options)
  }
}

/** A document names the branch. */
class CheckedWrapped extends (types.WrappedUnionType as unknown as Constructor<UnionType>) {
  set _branchIndices(_: unknown) {
    ownTable(this, '_branchIndices')
  }
  override _copy(value: unknown, options?: CopyOptions): unknown {
    if (options?.wrap !== 2) return super._copy(value, options)
    return asDefault(this, value, options, ({ _branchConstructor: Wrapping }, copy) =>
      Wrapping === null ? null : new Wrapping(copy),
    )
  }
}

/** The union of `branches`, as avsc tells them apart: by name in the document where two take the same kind of JSON value. */
export function union(branches: readonly unknown[], options: Options): AvscType {
  const made = branches.map((branch) => Type.forSchema(branch as AvscType, options))
  const kinds = made.map(({ typeName }) => kindOf(typeName))
  const Union = new Set(kinds).size < kinds.length ? CheckedWrapped : CheckedUnwrapped
  return new Union(made as never, options)
}

/** A default belongs to the first branch that it fits (Avro 1.12; before, it had to be the first of all). */
function asDefault(
  { types: branches }: UnionType,
  value: unknown,
  options: CopyOptions,
  made: (branch: Branch, copy: unknown) => unknown,
): unknown {
  for (const branch of branches) {
    // avsc's records take anything here.
    if (kindOf(branch.typeName) === 'map' && !isObject(value)) continue
    try {
      return made(branch as Branch, branch._copy(value, options))
    } catch {
      // Not this one.
    }
  }
  throw new Error('it fits no branch of the union')
}

/** Which JSON values a type takes. */
function kindOf(typeName: string): string {
  switch (typeName) {
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number'
    case 'enum':
      return 'string'
    case 'fixed':
      return 'bytes'
    case 'record':
    case 'error':
      return 'map'
    default:
      return typeName
  }
}
