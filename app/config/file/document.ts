/** YAML (1.2, core schema) into a tree with positions. */
import {
  compose,
  DEEPEST,
  Halt,
  INVALID,
  MULTIPLE_DOCS,
  type Position,
  positionOf,
  TOO_DEEP,
  TOO_MUCH,
} from './compose.ts'
import type { LineCounter } from './yaml-library.ts'
import { yaml } from './yaml-library.ts'

export type { Position } from './compose.ts'

/** A piece of a file. `text` of what is no string (a number, say) is as it was written; `isString` tells it apart. */
export type Node = { readonly at: Position } & (
  | { readonly kind: 'text'; readonly text: string; readonly isString: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
)

export interface Entry {
  readonly key: string
  readonly at: Position
  readonly value: Node
}

/** What is wrong with a file: a predicate ("is no valid YAML: …") without any of its content, which may be a secret. */
export interface Flaw {
  readonly at: Position
  readonly predicate: string
}

/** An alias counts what it stands for each time. */
const MOST_NODES = 100_000
/** The largest text that is parsed. More URLs have a file of their own. */
const MOST_CHARACTERS = 256 * 1024
/** So many flaws of a file are told. */
const MOST_FLAWS = 10

const BAD_ALIAS = 'has an alias (*name) without its anchor (&name) before it; write a text that begins with * in quotes'
const FLAWS: Readonly<Record<string, string>> = {
  BAD_ALIAS,
  BAD_SCALAR_START: 'has a text that begins with a character that needs quotes around it',
  BAD_INDENT: 'is indented in a way that is no valid YAML',
  TAB_AS_INDENT: 'is indented by a tab; use blanks',
  TAG_RESOLVE_FAILED: 'has a tag (!name); write a text that begins with ! in quotes',
  MULTIPLE_DOCS,
  MISSING_CHAR: 'lacks a quote, a bracket, or a comma or colon before this',
  BLOCK_AS_IMPLICIT_KEY: 'has a colon too much; write a text that holds ": " in quotes',
  BAD_DQ_ESCAPE: 'has a backslash in double quotes that means nothing; use single quotes',
}

/** The tree of `text`, or all that is wrong with it. Bounded in time and memory, whatever it holds. */
export function parseYaml(text: string): Node | readonly Flaw[] {
  const start = { line: 1, column: 1 }
  if (text.length > MOST_CHARACTERS)
    return [
      {
        at: start,
        predicate: `is larger than ${MOST_CHARACTERS / 1024} KiB; long lists may have files of their own (urls_file)`,
      },
    ]
  const { LineCounter } = yaml()
  const lines = new LineCounter()
  const { stackTraceLimit } = Error
  try {
    // A broken file makes an error of every character, whose traces would take minutes.
    Error.stackTraceLimit = 0
    const document = compose(text, lines)
    const flaws = [...document.errors, ...document.warnings].map(({ code, pos: [offset] }) => ({
      at: positionOf(lines, offset),
      predicate: FLAWS[code] ?? INVALID,
    }))
    return flaws.length > 0 ? flaws.slice(0, MOST_FLAWS) : new Walk(lines).node(document.contents, 0)
  } catch (error) {
    if (error instanceof Halt) return [error.flaw]
    throw error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

class Walk {
  readonly #yaml = yaml()
  readonly #lines: LineCounter
  /** The library looks through the whole document for each alias. */
  readonly #anchors = new Map<string, unknown>()
  readonly #anchored = new Set<unknown>()
  #left = MOST_NODES
  #at: Position = { line: 1, column: 1 }

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  node(given: unknown, depth: number): Node {
    const at = this.#positionOf(given)
    if (this.#left-- === 0) throw new Halt(at, TOO_MUCH)
    if (depth > DEEPEST) throw new Halt(at, `${TOO_DEEP}, or an alias holds itself`)
    if (this.#yaml.isAlias(given)) return { ...this.node(this.#behind(given.source, at), depth + 1), at }
    this.#remember(given)
    if (this.#yaml.isMap(given)) return { at, kind: 'map', entries: this.#entries(given.items, depth) }
    if (this.#yaml.isSeq(given))
      return { at, kind: 'list', items: given.items.map((item) => this.node(item, depth + 1)) }
    if (!this.#yaml.isScalar(given) || given.value === null || given.value === undefined) return { at, kind: 'nothing' }
    const isString = typeof given.value === 'string'
    return { at, kind: 'text', isString, text: isString ? String(given.value) : (given.source ?? String(given.value)) }
  }

  #remember(given: unknown): void {
    if (
      !(this.#yaml.isScalar(given) || this.#yaml.isMap(given) || this.#yaml.isSeq(given)) ||
      !given.anchor ||
      this.#anchored.has(given)
    )
      return
    this.#anchored.add(given)
    this.#anchors.set(given.anchor, given)
  }

  #behind(anchor: string, at: Position): unknown {
    if (!this.#anchors.has(anchor)) throw new Halt(at, BAD_ALIAS)
    return this.#anchors.get(anchor)
  }

  #entries(items: readonly { readonly key: unknown; readonly value: unknown }[], depth: number): Entry[] {
    const keys = new Set<string>()
    return items.map(({ key, value }) => {
      const name = this.node(key, depth + 1)
      if (name.kind !== 'text') throw new Halt(name.at, 'has a key that is no text')
      if (keys.has(name.text)) throw new Halt(name.at, 'says a key twice')
      keys.add(name.text)
      return { key: name.text, at: name.at, value: this.node(value, depth + 1) }
    })
  }

  /** What has no place of its own is where the last piece was. */
  #positionOf(given: unknown): Position {
    if (this.#yaml.isScalar(given) || this.#yaml.isMap(given) || this.#yaml.isSeq(given) || this.#yaml.isAlias(given)) {
      if (given.range) this.#at = positionOf(this.#lines, given.range[0])
    }
    return this.#at
  }
}
