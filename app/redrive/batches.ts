/** Groups letters into batches of one row, in order. */
import type { Letter } from './letter.ts'
import type { Row } from './summary.ts'

const MOST_IN_BATCH = { letters: 500, bytes: 1024 * 1024 }

/** Sends a batch when the row changes or the batch is full. `end` sends the rest. */
export class LetterBatches {
  readonly #send: (letters: readonly Letter[], row: Row) => Promise<void>
  #row: Row | undefined
  #letters: Letter[] = []
  #bytes = 0

  constructor(send: (letters: readonly Letter[], row: Row) => Promise<void>) {
    this.#send = send
  }

  /** Waits while the previous batch is sent. */
  async add(letter: Letter, row: Row): Promise<void> {
    if (row !== this.#row || this.#letters.length >= MOST_IN_BATCH.letters || this.#bytes >= MOST_IN_BATCH.bytes)
      await this.end()
    this.#row = row
    this.#letters.push(letter)
    this.#bytes += letter.data.length
  }

  async end(): Promise<void> {
    const letters = this.#letters
    this.#letters = []
    this.#bytes = 0
    if (this.#row && letters.length > 0) await this.#send(letters, this.#row)
  }
}
