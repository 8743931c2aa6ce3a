/** `tributary lane list | export FEED | discard FEED --yes`: what to do with lanes on disk while no daemon uses them. */
import { once } from 'node:events'
import type { LaneConfig } from './config/types.ts'
import { ConfigError } from './errors.ts'
import { discardLane, exportLane, type LaneSummary, listLanes } from './lane/disk/offline.ts'
import type { Message } from './model.ts'

/** Usage, one command a line. */
export const laneUsage = 'tributary lane list, tributary lane export FEED or tributary lane discard FEED --yes'

/** Where a command writes; `write` answers false when the reader is slow. */
type Output = Pick<NodeJS.WritableStream, 'write' | 'once'>

/**
 * Runs one command over the lanes of `lane.directory`. Answers false when something was not as asked: a lane that cannot be
 * used, or blocks that could not be exported. Throws `ConfigError` for wrong arguments and a missing LANE_DIR, `Unusable`
 * for a lane that is not there, is in use or is damaged.
 */
export async function laneCommand(
  args: readonly string[],
  { directory }: LaneConfig,
  output: Output,
  errors: Output,
): Promise<boolean> {
  if (directory === undefined) throw new ConfigError(['LANE_DIR is missing: set it to the directory of the lanes.'])
  const [command, feed = '', ...rest] = args
  if (command === 'list' && args.length === 1) return list(await listLanes(directory), output)
  if (command === 'export' && feed !== '' && rest.length === 0) return exportTo(directory, feed, output, errors)
  if (command === 'discard' && feed !== '' && rest.join(' ') === '--yes') {
    await discardLane(directory, feed)
    errors.write(`the lane of feed ${feed} is gone\n`)
    return true
  }
  throw new ConfigError([`The command is one of ${laneUsage}.`])
}

function list(lanes: readonly LaneSummary[], output: Output): boolean {
  for (const { feed, scan, problem } of lanes) {
    const oldest = scan && scan.messages > 0 ? `, oldest ${new Date(scan.oldestReceivedAt).toISOString()}` : ''
    output.write(scan ? `${feed}: messages ${scan.messages}, bytes ${scan.bytes}${oldest}\n` : `${problem}\n`)
  }
  if (lanes.length === 0) output.write('there is no lane\n')
  return lanes.every(({ scan }) => scan)
}

async function exportTo(directory: string, feed: string, output: Output, errors: Output): Promise<boolean> {
  let messages = 0
  const unread = await exportLane(directory, feed, async (message) => {
    messages++
    if (!output.write(line(message))) await once(output as NodeJS.WritableStream, 'drain')
  })
  errors.write(`exported ${messages} messages${unread > 0 ? `; ${unread} damaged blocks were passed over` : ''}\n`)
  return unread === 0
}

function line({ source, data, receivedAt, cursor }: Message): string {
  return `${JSON.stringify({ source: source.shown, receivedAt, cursor, data: data.toString('base64') })}\n`
}
