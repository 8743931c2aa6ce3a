/** `tributary redrive`: sends dead letters through the present configuration; a dry run without --go. */
import { Unavailable } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { redrive } from '../redrive/index.ts'
import { redriveOptions } from '../redrive/options.ts'
import { type Command, configured, say } from './command.ts'

const redriveHelp = `tributary redrive: sends dead letters through the present configuration and schemas again.

Usage:
  tributary redrive [options]        a dry run: says what would become of each, and sends nothing
  tributary redrive [options] --go   sends those that succeed now to their topics

Options:
  --topic NAME     dead-letter topic; without it DEAD_LETTER_TOPIC, else each <schema>.dead-letter that exists
  --feed NAME      only those of this feed
  --reason NAME    only those refused for this reason, such as encode or missing_field
  --since TIME     only those received at that time or later: 2026-01-19T12:34:56Z, or how long ago, 90m, 2h, 7d
  --until TIME     only those received at that time or earlier
  --limit N        at most so many, oldest first
  --whole          all documents of each message, not only those that were refused; those that were not come twice
  --go             send
  --help           this text

--topic, --feed and --reason may be repeated, or list several with commas between them. All settings are the daemon's
environment variables. It reads what is there when it begins, without a consumer group; it needs Describe and Read on the topic.

What is sent is parsed, normalised, routed and encoded as the daemon does it now, with the receive time it had then, at least
once and in the order of the dead-letter topic. Of a message that held several documents only those that
were refused are sent. They are known by their number, so where the feed's steps (NORMALISE) are others than they were, only --whole sends.
What fails again is counted and not written to the dead-letter topic a second time, for it is there already. What was truncated,
what does not have the SHA-256 it had, and what is of a feed that is not configured cannot be sent, and is counted.
Nothing is removed or remembered: the same command sends the same letters again. The last line says where a next one begins.

Exit codes: 0 all were sent (or would be), 1 some were not, 69 Kafka, the registry or a topic is away, 78 the configuration or an
argument is wrong. It gives up when nothing moves for STARTUP_TIMEOUT. SIGTERM and SIGINT stop it in order.
`

/** Throws `ConfigError` for wrong arguments, before the configuration is read. */
export const redriveCommand: Command = {
  help: redriveHelp,
  run: async (args, { env, stop }) => {
    const options = redriveOptions(args, Date.now())
    const config = configured(env)
    const note = (line: string): void => void process.stderr.write(`${line}\n`)
    try {
      return exitCodes[await redrive(options, config, { print: say, note, stop })]
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      note(config.secrets.hideAll(error.message))
      return exitCodes.unavailable
    }
  },
}
