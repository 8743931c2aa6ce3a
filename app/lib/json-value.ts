/**
 * The values that parsed JSON is made of. A plain number is exactly the decimal number that `String` writes for it, or infinite where
 * the text was too large for a double; every other number is an `ExactNumber`. Parsers see to that.
 */

/** A JSON number that no double says exactly: it carries its text. It has no properties of its own that could be taken for fields. */
export class ExactNumber {
  readonly #text: string

  /** `text`: by the grammar of JSON (RFC 8259, section 6), of any length. */
  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  /** For `JSON.stringify`, which then writes the text as it is. */
  toJSON(): object {
    return (JSON as unknown as { rawJSON(text: string): object }).rawJSON(this.#text)
  }
}

/** The exact decimal text of a number; undefined for an infinite one, and for anything that is no number. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return value instanceof ExactNumber ? value.text : undefined
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
