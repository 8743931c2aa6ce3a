/** A YAML text into the library's document, as far as a sane file goes: a hostile or broken one takes little time and memory. */
import { type CST, type Document, type LineCounter, yaml } from './yaml-library.ts'

/** Both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Deepest nesting of lists and maps. */
export const DEEPEST = 32
/** Names, values, indicators, blanks and line ends: a second and 150 MB. The largest file of plain settings has half as many. */
const MOST_PIECES = 150_000
/** So many errors, and the rest of the file is of no use. */
const MOST_ERRORS = 10
/** In the parser's stack, too: the document and a scalar. */
const BESIDE_LEVELS = 2

export const TOO_MUCH = 'holds too much, perhaps by aliases of aliases'
export const TOO_DEEP = `is more than ${DEEPEST} levels deep`
export const INVALID = 'is no valid YAML here'
export const MULTIPLE_DOCS = 'holds more than one document (---)'

/** Ends the reading: what is wrong, as a predicate without content, and where. */
export class Halt extends Error {
  readonly flaw: { readonly at: Position; readonly predicate: string }

  constructor(at: Position, predicate: string) {
    super(predicate)
    this.flaw = { at, predicate }
  }
}

/** As the library's `parseDocument`, which would go through any text to its end. Throws `Halt` where no sane file comes to. */
export function compose(text: string, lines: LineCounter): Document.Parsed {
  const { Composer } = yaml()
  // Unique keys are seen to by the reader of the tree, in less than the square of their number.
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
  let document: Document.Parsed | undefined
  for (const one of composer.compose(tokensOf(text, lines), true, text.length)) {
    if (document) throw new Halt(positionOf(lines, one.range[0]), MULTIPLE_DOCS)
    document = one
  }
  if (!document) throw new Error('the YAML library has made no document')
  return document
}

function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const { Lexer, Parser } = yaml()
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

/** Where `offset` is in the text that `lines` was told of. */
export function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
