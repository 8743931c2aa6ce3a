/** How much of what a contender gets. */
import type { ShapeName } from './shapes/index.ts'

/** What a round sends. */
export interface Load {
  readonly shape: ShapeName
  /** Messages in the timed window. */
  readonly count: number
  /** Messages before it, in the same process. */
  readonly warmUp: number
  readonly urls: number
  /** With one all records have the same key; with more they have none, and the source chooses. */
  readonly partitions: number
  /** Messages per second, all URLs together; undefined for a flood. */
  readonly rate?: number | undefined
  /** Each message in a write of its own to the socket. */
  readonly onePerWrite: boolean
  /** The daemon is looked at meanwhile, which costs it a little. */
  readonly watched?: boolean
}

/** In words: `small`, `8 URLs`, `1 partition`, and what else is not usual. */
export function loadParts({ shape, urls, partitions, rate, onePerWrite }: Load): string[] {
  return [
    shape,
    `${urls} URL${urls === 1 ? '' : 's'}`,
    `${partitions} partition${partitions === 1 ? '' : 's'}`,
    ...(rate === undefined ? [] : [`${rate.toLocaleString('en-GB')}/s`]),
    ...(onePerWrite ? ['one message a write'] : []),
  ]
}

/** The same as one text. */
export function loadText(load: Load): string {
  return loadParts(load).join(', ')
}
