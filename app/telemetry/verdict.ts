/** The state of the daemon in a sentence, at the head of /status. */
import type { FeedStatus, Status } from './status.ts'

/** How many problems are shown, and characters of each. */
const MOST_TROUBLES = 3
const TROUBLE_CHARACTERS = 200

/** `2 of 3 feeds run; feed quotes is parked: …`. One line, of bounded length. */
export function verdictOf({ feeds, systems, held }: Status): string {
  const states = [...feeds.values()].map(({ state }) => state)
  const running = states.filter((state) => state === 'running').length
  const troubles = [
    ...[...systems].filter(([, { isConnected }]) => !isConnected).map(([system]) => `${system} is not connected`),
    ...[...held].map(([where, { system, detail }]) => `${system} does not take ${where}: ${detail}`),
    ...[...feeds].flatMap(([name, feed]) => troublesOf(name, feed)),
  ]
  const told = troubles.slice(0, MOST_TROUBLES).map(shorten)
  const more = troubles.length - told.length
  return [`${running} of ${states.length} feeds run`, ...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

function troublesOf(name: string, { state, detail, laneTrouble, sources }: FeedStatus): string[] {
  const all = [...sources.values()]
  const open = all.filter((source) => source.state === 'open').length
  return [
    ...(state === 'running' ? [] : [`feed ${name} is ${state}${detail ? `: ${detail}` : ''}`]),
    ...(laneTrouble ? [`the lane of feed ${name} cannot write: ${laneTrouble}`] : []),
    ...(state === 'running' && open < all.length ? [`feed ${name} has ${open} of ${all.length} sources open`] : []),
  ]
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= TROUBLE_CHARACTERS ? line : `${line.slice(0, TROUBLE_CHARACTERS - 1)}…`
}
