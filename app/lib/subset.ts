/** Matches messages by a part of their content. */
import { isUtf8 } from 'node:buffer'
import { isObject } from './json-value.ts'

/** The text of a whole message, or fields of a document. */
export type Pattern = string | { readonly [field: string]: unknown }

/** `text`: whether a whole message is one of the texts. `value`: whether an element of an array, or a document, matches. */
export interface Matcher {
  text(data: Buffer): boolean
  value(candidate: unknown): boolean
}

/**
 * Matches any of `patterns`. A string matches a whole message, plain or as a JSON string, and an equal element of an array.
 * An object matches an object with all of its fields and equal values: nested objects by
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

/** Parses a message as JSON; returns undefined for invalid JSON. A byte order mark is skipped. */
export function jsonOf(data: Buffer): unknown {
  try {
    return isUtf8(data) ? JSON.parse(data.toString('utf8').replace(/^\uFEFF/, '')) : undefined
  } catch {
    return undefined
  }
}

function isWithin(pattern: unknown, candidate: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return pattern === candidate
  if (Array.isArray(pattern)) {
    return Array.isArray(candidate) && pattern.length === candidate.length && hasAll(pattern, candidate)
  }
  return isObject(candidate) && hasAll(pattern, candidate)
}

function hasAll(pattern: object, candidate: object): boolean {
  return Object.entries(pattern).every(
    ([name, value]) => Object.hasOwn(candidate, name) && isWithin(value, (candidate as Record<string, unknown>)[name]),
  )
}
