/** How a command ends. */

/** Exit codes (sysexits.h where it has one). */
export const exitCodes = { ok: 0, undelivered: 1, unavailable: 69, configuration: 78 } as const

/** An end as docs/messages.md lists it. */
interface End {
  readonly code: number | string
  /** What the process writes last. */
  readonly shows: string
  readonly cause: string
  readonly cure?: string
}

/** Every way in which a process ends by itself. */
export const ends: readonly End[] = [
  {
    code: exitCodes.ok,
    shows: 'for the daemon: the line `stopped with code 0` with the sums',
    cause: 'SIGTERM or SIGINT, and nothing is left undelivered; or the command found nothing wrong.',
  },
  {
    code: exitCodes.undelivered,
    shows: 'the line `stopped with code 1; … messages undelivered`',
    cause: 'The daemon was stopped, and what its lanes in memory held was not delivered within `DRAIN_TIMEOUT`.',
    cure: 'Raise `DRAIN_TIMEOUT` (and the grace period of the supervisor), or use lanes on disk.',
  },
  {
    code: exitCodes.undelivered,
    shows: '`tributary redrive`: its table',
    cause: 'Some dead letters were not sent, or the command was stopped.',
    cure: 'Read the last column of the table; run the command again.',
  },
  {
    code: exitCodes.undelivered,
    shows: '`tributary: a bug, please report it:` and a stack trace',
    cause: 'A programming error.',
    cure: 'Report it with the stack trace. Secrets are hidden in it.',
  },
  {
    code: exitCodes.unavailable,
    shows: 'an `error` line, or `tributary:` and a sentence',
    cause:
      'Kafka, the registry, a topic, a subject or the metrics port is not available, or a lane on disk cannot be used.',
    cure: 'Do what the sentence says. `tributary check` looks at everything at once.',
  },
  {
    code: exitCodes.configuration,
    shows: '`tributary: … configuration problems:` and one line for each',
    cause: 'The configuration is wrong. Each line names the setting as it was given, the problem and the cure.',
    cure: 'Correct the settings; [settings.md](settings.md) has the type of each.',
  },
  {
    code: exitCodes.configuration,
    shows: '`tributary: …; see tributary --help`',
    cause: 'An argument of the command line is unknown or superfluous.',
    cure: 'See `tributary help`.',
  },
  {
    code: exitCodes.configuration,
    shows: '`tributary: this is Node …, and Tributary needs Node 24 or newer`',
    cause: 'Node is too old.',
    cure: 'Install Node 24, or run the container image.',
  },
  {
    code: '130, 143',
    shows: 'nothing',
    cause: 'A second SIGINT or SIGTERM ended the daemon at once; or one signal ended another command.',
    cure: 'Wait for the first signal to take effect: at most `DRAIN_TIMEOUT` and 1.5 s.',
  },
]
