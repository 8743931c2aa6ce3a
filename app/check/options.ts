/** Arguments of `tributary check`. */
import { parseArgs } from 'node:util'
import { ConfigError } from '../errors.ts'
import { duration } from '../settings/formats/measures.ts'

/** `waitMs`: listening time per URL in milliseconds; 0 only opens it. */
export interface CheckOptions {
  readonly json: boolean
  readonly waitMs: number
}

const DEFAULT_WAIT = '5s'
const wait = duration({ zero: true, max: 10 * 60_000 })

/** `tributary check --help`. */
export const checkHelp = `tributary check: looks at everything that a run depends on, without running.

Usage:
  tributary check [options]

Options:
  --wait DURATION  how long each URL is listened to (default ${DEFAULT_WAIT}, at most 10m; 0 only opens it)
  --json           one JSON object instead of lines
  --help           this text

It reads the configuration, tries the directory of the lanes and the port of the metrics, asks Kafka for every topic and the registry
for every subject, and dials every URL as the daemon does: with its headers and its open messages, within DIAL_RATE. What arrives
goes through the steps of its feed, up to the point where it would be produced; nothing is written. It says which share of the documents
fits, and why others do not, without their content. It may run beside the daemon: lanes and a port that are in use are only noted then.

With --json: {"findings": [{"level", "group", "about", "setting", "problem", "cure", "detail"}, …], "wrong", "exit_code"}. level is ok, note
or wrong; setting is the variable to look at, as it was given; what does not apply is null.

Exit codes: 0 nothing is wrong; 69 something is away or refuses us; 78 the configuration is wrong, something that is configured has no
effect, a topic or a schema does not suit its feed, or fewer than half of the documents that arrived fit. 78 where both are true.
`

/** Throws `ConfigError` for an unknown argument or a wrong value. */
export function checkOptions(args: readonly string[]): CheckOptions {
  const values = parsedCheckArgs(args)
  return { json: values.json ?? false, waitMs: waitMs(values.wait ?? DEFAULT_WAIT) }
}

function parsedCheckArgs(args: readonly string[]) {
  try {
    const options = { json: { type: 'boolean' }, wait: { type: 'string' } } as const
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new ConfigError([`${error instanceof Error ? error.message : error}. See tributary check --help.`])
  }
}

function waitMs(given: string): number {
  try {
    return wait.parse(given)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.problems.map((predicate) => `--wait ${predicate}. See tributary check --help.`))
  }
}
