/** YAML (1.2, core schema) into a tree with positions. The only importer of yaml. */
import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml'

type Token = CST.Token

/** Both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

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
/** Names, values, indicators, blanks and line ends: a second and 150 MB. The largest file of plain settings has half as many. */
const MOST_PIECES = 150_000
/** So many errors, and the rest of the file is of no use. */
const MOST_ERRORS = 10
const DEEPEST = 32
/** In the parser's stack, too: the document and a scalar. */
const BESIDE_LEVELS = 2

const TOO_MUCH = 'holds too much, perhaps by aliases of aliases'
const TOO_DEEP = `is more than ${DEEPEST} levels deep`
const INVALID = 'is no valid YAML here'
const MULTIPLE_DOCS = 'holds more than one document (---)'
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
    return flaws.length > 0 ? flaws.slice(0, MOST_ERRORS) : new Walk(lines).node(document.contents, 0)
  } catch (error) {
    if (error instanceof Halt) return [error.flaw]
    throw error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** As the library's `parseDocument`, which would go through any text to its end. Throws `Halt` where no sane file comes to. */
function compose(text: string, lines: LineCounter): Document.Parsed {
  // Unique keys are seen to below, in less than the square of their number.
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
  let document: Document.Parsed | undefined
  for (const one of composer.compose(tokensOf(text, lines), true, text.length)) {
    if (document) throw new Halt(positionOf(lines, one.range[0]), MULTIPLE_DOCS)
    document = one
  }
  if (!document) throw new Error('the YAML library has made no document')
  return document
}

function* tokensOf(text: string, lines: LineCounter): Generator<Token, void> {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  let [pieces, errors] = [0, 0]
  for (const piece of new Lexer().lex(text)) {
    const { offset } = parser
    const halt = (predicate: string): never => {
      throw new Halt(positionOf(lines, offset), predicate)
    }
    for (const token of parser.next(piece)) {
      if (token.type === 'error' && ++errors > MOST_ERRORS) halt(INVALID)
      yield token
    }
    if (++pieces > MOST_PIECES) halt(TOO_MUCH)
    if (parser.stack.length > DEEPEST + BESIDE_LEVELS) halt(TOO_DEEP)
  }
  yield* parser.end()
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

class Halt extends Error {
  readonly flaw: Flaw

  constructor(at: Position, predicate: string) {
    super(predicate)
    this.flaw = { at, predicate }
  }
}

class Walk {
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
    if (isAlias(given)) return { ...this.node(this.#behind(given.source, at), depth + 1), at }
    this.#remember(given)
    if (isMap(given)) return { at, kind: 'map', entries: this.#entries(given.items, depth) }
    if (isSeq(given)) return { at, kind: 'list', items: given.items.map((item) => this.node(item, depth + 1)) }
    if (!isScalar(given) || given.value === null || given.value === undefined) return { at, kind: 'nothing' }
    const isString = typeof given.value === 'string'
    return { at, kind: 'text', isString, text: isString ? String(given.value) : (given.source ?? String(given.value)) }
  }

  #remember(given: unknown): void {
    if (!(isScalar(given) || isMap(given) || isSeq(given)) || !given.anchor || this.#anchored.has(given)) return
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
    if (isScalar(given) || isMap(given) || isSeq(given) || isAlias(given)) {
      if (given.range) this.#at = positionOf(this.#lines, given.range[0])
    }
    return this.#at
  }
}
