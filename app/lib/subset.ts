/** Messages told apart by a part of what they say. */
import { isUtf8 } from 'node:buffer'

/** A text that a message is, or the fields that a document has. */
export type Pattern = string | { readonly [field: string]: unknown }

/** `text`: whether a whole message is one of the texts. `value`: whether an element of an array, or a document, matches. */
export interface Matcher {
  text(data: Buffer): boolean
  value(candidate: unknown): boolean
}

/**
 * Matches what any of `patterns` matches. A string matches that text as a whole message, plain or as a JSON string, and that
 * string as an element of an array. An object matches an object that has all of its fields with equal values: objects in it by
 * the same rule, arrays element by element, numbers by value. The depth of the patterns bounds the work.
 */
export function matcher(patterns: readonly Pattern[]): Matcher {
  const strings = patterns.filter((pattern) => typeof pattern === 'string')
  const texts = strings.flatMap((text) => [Buffer.from(text), Buffer.from(JSON.stringify(text))])
  return {
    text: (data) => texts.some((text) => text.equals(data)),
    value: (candidate) => patterns.some((pattern) => isWithin(pattern, candidate)),
  }
}

/** A message as JSON; undefined for what is none. A byte order mark is skipped. */
export function jsonOf(data: Buffer): unknown {
  try {
    return isUtf8(data) ? JSON.parse(data.toString('utf8').replace(/^\uFEFF/, '')) : undefined
  } catch {
    return undefined
  }
}

function isWithin(pattern: unknown, candidate: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return pattern === candidate
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(pattern) !== Array.isArray(candidate))
    return false
  if (Array.isArray(pattern) && pattern.length !== (candidate as unknown[]).length) return false
  return Object.entries(pattern).every(
    ([name, value]) => Object.hasOwn(candidate, name) && isWithin(value, (candidate as Record<string, unknown>)[name]),
  )
}
