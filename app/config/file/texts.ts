/** Pieces of a file into the texts that variables would have. */
import type { Format } from '../../settings/format.ts'
import type { Env } from '../layers.ts'
import type { Node, Position } from './document.ts'
import { type Substituted, substitute } from './substitute.ts'

/** JSON's grammar of numbers (RFC 8259); YAML has more. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** The text of a value, or what is wrong with it and where. `isChanged`: something of the environment is in it. */
export type Made =
  | { readonly text: string; readonly isChanged: boolean }
  | { readonly predicate: string; readonly at: Position }

/** The text of `node` as the variable of a setting of that format would have it; undefined for nothing. */
export function textOf(
  node: Node,
  { shape, expects }: Pick<Format<unknown>, 'shape' | 'expects'>,
  env: Env,
): Made | undefined {
  if (node.kind === 'nothing') return undefined
  if (node.kind === 'text') return substituted(node.text, node.at, env)
  if (shape === 'plain' || (shape === 'list' && node.kind === 'map')) {
    return { predicate: `must be ${expects}, not a ${node.kind === 'map' ? 'map of keys' : 'list'}`, at: node.at }
  }
  const strings = shape === 'list'
  const made = new JsonText(env, strings)
  const text = made.of(node)
  return made.flaw ?? { text, isChanged: made.isChanged }
}

/** JSON that says the same, with every digit of numbers. */
class JsonText {
  readonly #env: Env
  /** Whatever is no list is a string: items of a list of texts. */
  readonly #strings: boolean
  isChanged = false
  flaw: { readonly predicate: string; readonly at: Position } | undefined

  constructor(env: Env, strings: boolean) {
    this.#env = env
    this.#strings = strings
  }

  of(node: Node): string {
    switch (node.kind) {
      case 'nothing':
        return this.#strings ? '""' : 'null'
      case 'text':
        return this.#text(node.text, node.isString, node.at)
      case 'list':
        return `[${node.items.map((item) => this.#inside(item)).join(',')}]`
      case 'map':
        return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}:${this.of(value)}`).join(',')}}`
    }
  }

  #inside(item: Node): string {
    if (this.#strings && item.kind !== 'text' && item.kind !== 'nothing') {
      this.flaw ??= { predicate: 'must list plain values', at: item.at }
    }
    return this.of(item)
  }

  #text(text: string, isString: boolean, at: Position): string {
    if (isString || this.#strings) {
      const made = substituted(text, at, this.#env)
      if ('predicate' in made) this.flaw ??= made
      else this.isChanged ||= made.isChanged
      return JSON.stringify('predicate' in made ? '' : made.text)
    }
    if (/^(true|false)$/i.test(text)) return text.toLowerCase()
    if (JSON_NUMBER.test(text)) return text
    const value = Number(text.replace(/^\+/, ''))
    if (!Number.isFinite(value)) this.flaw ??= { predicate: 'has a number that JSON does not have', at }
    return String(value)
  }
}

function substituted(text: string, at: Position, env: Env): Made {
  // What is written as "\ud800": as UTF-8 it would be another character.
  if (!text.isWellFormed()) return { predicate: 'holds half of a character (a lone surrogate)', at }
  const made: Substituted = substitute(text, env)
  return 'predicate' in made ? { ...made, at } : made
}
