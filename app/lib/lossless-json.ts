/** JSON whose numbers keep their digits, read and written: the few that no double says exactly become `ExactNumber`s. */
import { randomBytes } from 'node:crypto'
import { ExactNumber } from './json-value.ts'
import { isExact } from './number-scan.ts'

/** Begins the strings that stand for such numbers while the engine parses. No upstream can know it. */
const MARK = randomBytes(16).toString('hex')
/** By the grammar of JSON (RFC 8259, section 6). */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** The shortest number that no double says exactly: 1e-400. */
const SHORTEST = 6

/**
 * As `JSON.parse`, which it takes two to three times as long as, but a number whose double is written with another value is
 * an `ExactNumber`. Throws `SyntaxError`. (A reviver that sees the source text takes ten times as long for numbers, and fails below some depth.)
 */
export function parseExactly(text: string): unknown {
  try {
    return unmarked(JSON.parse(marked(text)))
  } catch (error) {
    // The engine's error quotes what it parsed: it may not be the mark.
    JSON.parse(text)
    throw error
  }
}

/** As `JSON.stringify` with bigints as numbers of all their digits, which `parseExactly` reads. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value, (_name, each) => (typeof each === 'bigint' ? new ExactNumber(`${each}`).toJSON() : each))
}

/** The text with a marked string in the place of each such number. */
function marked(text: string): string {
  let result = ''
  let copied = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = endOfString(text, at)
    else if (!isNumeric(code)) at++
    else {
      const end = endOfNumber(text, at)
      if (end - at >= SHORTEST && isMarkable(text, at, end)) {
        result += `${text.slice(copied, at)}"${MARK}${text.slice(at, end)}"`
        copied = end
      }
      at = end
    }
  }
  return result + text.slice(copied)
}

/** What is no JSON number is left for the engine to refuse; so is one in the place of a name, which a string would be. */
function isMarkable(text: string, from: number, to: number): boolean {
  const token = text.slice(from, to)
  return NUMBER.test(token) && isExact(token) && !isName(text, to)
}

function isName(text: string, end: number): boolean {
  let at = end
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++
  return text.charAt(at) === ':'
}

/** Behind the quote that ends the string at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return text.length
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && isNumeric(text.charCodeAt(end))) end++
  return end
}

/** 0–9 + - . e E */
function isNumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || (code | 0x20) === 0x65
}

/** Replaces the marked strings in place. Not by recursion: documents may be deep. */
function unmarked(root: unknown): unknown {
  const pending: object[] = []
  const read = (value: unknown): unknown => {
    if (typeof value === 'string') return value.startsWith(MARK) ? new ExactNumber(value.slice(MARK.length)) : value
    if (typeof value === 'object' && value !== null) pending.push(value)
    return value
  }
  const result = read(root)
  for (let container = pending.pop(); container; container = pending.pop()) {
    if (Array.isArray(container)) for (let i = 0; i < container.length; i++) container[i] = read(container[i])
    else readFields(container as Record<string, unknown>, read)
  }
  return result
}

/** All names are own: nothing that JSON makes inherits an enumerable one. */
function readFields(fields: Record<string, unknown>, read: (value: unknown) => unknown): void {
  for (const name in fields) {
    const value = fields[name]
    const kept = read(value)
    if (kept !== value) fields[name] = kept
  }
}
