/** The named types of a schema (Avro 1.12, "Names"). */

export const PRIMITIVES: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']
const NAME_FORM = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Returns `name` if it is valid and has no dots. Throws otherwise. */
export function checkName(name: unknown, of: string): string {
  if (typeof name === 'string' && NAME_FORM.test(name)) return name
  throw new Error(`the name of ${of} is not one that Avro allows`)
}

/** The full name of a definition, and the namespace inside the definition. Throws for an invalid name. */
export function fullNameOf(
  { name, namespace }: { readonly name?: unknown; readonly namespace?: unknown },
  around: string,
): { readonly full: string; readonly namespace: string } {
  const own = typeof namespace === 'string' ? namespace : around
  const full = typeof name === 'string' && own !== '' && !name.includes('.') ? `${own}.${name}` : String(name)
  const parts = full.split('.')
  for (const part of parts) checkName(part, 'a type')
  if (parts.length === 1 && PRIMITIVES.includes(full)) throw new Error(`${full} is the name of a primitive type`)
  return { full, namespace: parts.slice(0, -1).join('.') }
}

/** Defined types by full name. */
export class NamedTypes<T> {
  readonly #defined = new Map<string, T>()

  /** Throws if the name is taken. */
  define(full: string, made: T): void {
    if (this.#defined.has(full)) throw new Error(`duplicate type name: ${full}`)
    this.#defined.set(full, made)
  }

  /** Throws if the name is not defined. */
  find(name: string, namespace: string): T {
    const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
    const found = this.#defined.get(full) ?? this.#defined.get(name)
    if (found === undefined) throw new Error(`undefined type name: ${name.slice(0, 60)}`)
    return found
  }
}
