/** What a shape of message is: texts to send and documents to find, both functions of a source and a sequence. */

/** Sources and sequences begin here, so that their digits are always as many. */
export const FIRST_SOURCE = 10_000
export const FIRST_SEQUENCE = 10_000_000
/** As many as keep their number of digits. */
export const MOST_SOURCES = 90_000
export const MOST_SEQUENCES = 90_000_000

/** Where a message stands: `source` from FIRST_SOURCE, `seq` from FIRST_SEQUENCE. */
export interface Position {
  readonly source: number
  readonly seq: number
}

/** One kind of message. */
export interface Shape {
  readonly help: string
  /** Avro, as it is registered. */
  readonly schema: object
  /** The daemon's normalisers for it (`FEED_<NAME>_NORMALISE`); absent: none. */
  readonly normalise?: string
  /** After so many sequences all but the digits of the sequence is the same again. */
  readonly round: number
  /**
   * The JSON text, in Latin-1 characters. All texts of a source are of one length, and the eight digits of the sequence
   * stand at the same places in each: elsewhere the text is that of `seq % round`.
   */
  text(position: Position): string
  /** The document that a reader of the record must find. */
  document(position: Position): Readonly<Record<string, unknown>>
  /** Which message a decoded record is; NaN where it does not say. */
  positionOf(document: Readonly<Record<string, unknown>>): Position
}

/** How many of `count` messages each of `sources` sends: the first ones one more when it does not divide. */
export function shares(count: number, sources: number): number[] {
  return Array.from({ length: sources }, (_, at) => Math.floor(count / sources) + (at < count % sources ? 1 : 0))
}
