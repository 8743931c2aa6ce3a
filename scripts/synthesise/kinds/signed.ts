/** Shared by the signed kinds: each document signed as it is due, or a pool signed once and rotated. */
import { formatRfc3339, type Moment } from '../clock.ts'
import type { Stream } from './kind.ts'

type Fields = Readonly<Record<string, unknown>>

/** A document without its `start_timestamp`: what sorts before it and what sorts after. */
export interface SignedParts {
  readonly before: Fields
  readonly after: Fields
}

type Prepared = ReturnType<typeof prepare>

/**
 * Never ends. With a pool the first `pool` documents are signed as they are due and then repeat; their signatures stay
 * true, as the start time is not signed. Only `start_timestamp` is new in every message.
 */
export function* signedMessages(pool: number, tick: () => Moment, nextParts: (moment: Moment) => SignedParts): Stream {
  const ready: Prepared[] = []
  for (let index = 0; ; index++) {
    const moment = tick()
    const known = ready[index % pool]
    const { before, after, head, tail } = known ?? prepare(nextParts(moment))
    if (known === undefined && index < pool) ready.push({ before, after, head, tail })
    const start_timestamp = formatRfc3339(moment)
    yield {
      text: `${head}"start_timestamp":"${start_timestamp}"${tail}`,
      document: { ...before, start_timestamp, ...after },
    }
  }
}

/** Serialises once what does not change: most of a message's cost at high rates. */
function prepare({ before, after }: SignedParts) {
  const head = JSON.stringify(before).slice(0, -1)
  const tail = JSON.stringify(after).slice(1)
  return { before, after, head: head === '{' ? head : `${head},`, tail: tail === '}' ? tail : `,${tail}` }
}
