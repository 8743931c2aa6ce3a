/** `tributary lane list | export FEED | discard FEED --yes`: handles lanes on disk while no daemon uses them. */
import { once } from 'node:events'
import { readLaneConfig } from '../config/index.ts'
import { ConfigError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { kinds } from '../kinds.ts'
import { discardLane, exportLane, type LaneSummary, listLanes } from '../lane/disk/offline.ts'
import type { Message } from '../model.ts'
import { type Command, endAt, sourcesOf } from './command.ts'

const laneHelp = `tributary lane: what the lanes in LANE_DIR hold, while no daemon uses them.

Usage:
  tributary lane list                a line per lane: feed, messages, bytes, receive time of the oldest
  tributary lane export FEED         its messages as JSON lines, their data in base64; the lane stays as it is
  tributary lane discard FEED --yes  gives up all that it holds
  tributary lane --help              this text

LANE_DIR is the daemon's environment variable.

Exit codes: 0 done, 69 a lane is not there, in use, damaged or not readable as a whole, 78 LANE_DIR or an argument is wrong.
`

type LaneAction = (directory: string, output: Output, errors: Output) => Promise<boolean>

/** Output of a command; `write` returns false when the reader is slow. */
type Output = Pick<NodeJS.WritableStream, 'write' | 'once'>

/**
 * Returns 69 for an unusable lane or damaged blocks. Throws `ConfigError`
 * for wrong arguments and a missing LANE_DIR, `Unusable` for a missing, used or damaged lane.
 */
export const laneCommand: Command = {
  help: laneHelp,
  run: async (args, { env, stop }) => {
    endAt(stop)
    const run = chosen(args)
    const { directory } = readLaneConfig(sourcesOf(env), kinds)
    if (directory === undefined) {
      const text = 'LANE_DIR is missing'
      throw new ConfigError([{ setting: 'LANE_DIR', text, cure: 'set it to the directory of the lanes' }])
    }
    return (await run(directory, process.stdout, process.stderr)) ? exitCodes.ok : exitCodes.unavailable
  },
}

function chosen(args: readonly string[]): LaneAction {
  const [command, feed = '', ...rest] = args
  if (command === 'list' && args.length === 1)
    return async (directory, output) => printLanes(await listLanes(directory), output)
  if (command === 'export' && feed !== '' && rest.length === 0) {
    return (directory, output, errors) => exportTo(directory, feed, output, errors)
  }
  if (command === 'discard' && feed !== '' && rest.join(' ') === '--yes') {
    return async (directory, _output, errors) => {
      await discardLane(directory, feed)
      errors.write(`the lane of feed ${feed} is gone\n`)
      return true
    }
  }
  throw new ConfigError([
    'The command is one of tributary lane list, tributary lane export FEED or tributary lane discard FEED --yes.',
  ])
}

function printLanes(lanes: readonly LaneSummary[], output: Output): boolean {
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
    if (!output.write(messageLine(message))) await once(output as NodeJS.WritableStream, 'drain')
  })
  errors.write(`exported ${messages} messages${unread > 0 ? `; ${unread} damaged blocks were passed over` : ''}\n`)
  return unread === 0
}

function messageLine({ source, data, receivedAt, cursor }: Message): string {
  return `${JSON.stringify({ source: source.shown, receivedAt, cursor, data: data.toString('base64') })}\n`
}
