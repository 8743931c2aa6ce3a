/**
 * The values of parsed JSON. A plain number `n` stands for exactly the decimal number `String(n)`, or is infinite if the text
 * was too large for a double. All other numbers are `ExactNumber`s. Every parser must keep this.
 */

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

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
