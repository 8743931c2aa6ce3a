/** The encoder's output judged by a model written apart, in Java. */
import { runAvro } from '../decode/decode.ts'

const PROGRAM = new URL('Model.java', import.meta.url).pathname

/** A document as JSON text, and what was written for it; undefined: it was refused. */
export interface Attempt {
  readonly json: string
  readonly written: Buffer | undefined
}

/** For each attempt of each schema, in order: `held`, `refused`, or `wrong: …`. */
export async function judge(all: readonly { readonly schema: string; readonly attempts: readonly Attempt[] }[]) {
  const lines = all.flatMap(({ schema, attempts }) => [
    ['schema', base64(schema)],
    ...attempts.map(({ json, written }) => ['document', base64(json), written?.toString('base64') ?? '-']),
  ])
  return runAvro(PROGRAM, lines)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
