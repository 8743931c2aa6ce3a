/**
 * The values of parsed JSON. A plain number `n` stands for exactly the decimal number `String(n)`, or is infinite if the text
 * was too large for a double. All other numbers are `ExactNumber`s. Every parser must keep this.
 */

import { decimalOf, plainText } from './decimal.ts'

/** A JSON number with its source text. It has no own properties, so a path of field names never leads into it. */
export class ExactNumber {
  readonly #text: string

  /** `text`: a JSON number (RFC 8259, section 6) of any length. */
  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  /** Lets `JSON.stringify` write the source text. */
  toJSON(): object {
    return (JSON as unknown as { rawJSON(text: string): object }).rawJSON(this.#text)
  }
}

/** Returns the exact decimal text of a finite number, else undefined. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return value instanceof ExactNumber ? value.text : undefined
}

/**
 * Returns the text of a number: one for all of its spellings, with all digits, as JavaScript prints it where that is the same number.
 * Undefined beyond what can be read, and for other values.
 */
export function plainNumberText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  const decimal = value instanceof ExactNumber ? decimalOf(value.text) : undefined
  return decimal && plainText(decimal)
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
