/** Log lines about the daemon and its configuration. */
import { type EventLogs, says } from './event-log.ts'
import { logMessage } from './log-message.ts'

/** Lines without an event, written when the start fails. */
export const startLines = {
  feed: logMessage('error', 'feed {feed} could not start: {detail}', {
    cause: 'No feed could start within `STARTUP_TIMEOUT`. The daemon ends with exit code 69.',
    cure: 'Do what the line says; `tributary check` looks at everything at once. With lanes on disk the daemon waits instead.',
  }),
  daemon: logMessage('error', '{detail}', {
    cause:
      'The metrics port cannot be listened on, or a lane on disk cannot be used. The daemon ends with exit code 69.',
    cure: 'Do what the line says. A damaged lane is left as it is: `tributary lane export` saves what can be read.',
  }),
}

export const daemonLines = {
  'daemon.started': says(
    {
      started: logMessage('info', 'tributary {version} has started: feeds {feeds}, sources {sources}, sink {sink}', {
        cause: 'The configuration is valid, and the daemon begins to dial.',
      }),
    },
    ({ version, feeds, sources, sink }, { started }) => started.line({ version, feeds, sources, sink }),
  ),
  'daemon.stopping': says(
    {
      stopping: logMessage('info', '{signal}: stopping; no new dials, delivering what is held', {
        cause: 'The process received SIGTERM or SIGINT. A second signal ends it at once.',
      }),
    },
    ({ signal }, { stopping }) => stopping.line({ signal }),
  ),
  'daemon.stopped': says(
    {
      stopped: logMessage(
        'info',
        'stopped with code {code}[; kept {kept} messages for the next start][; {undelivered} messages undelivered]',
        {
          cause: 'The last line of every run. The field `ledger` holds both sums of every feed.',
          cure: 'For undelivered messages: raise `DRAIN_TIMEOUT`, or use a lane on disk (`LANE_DIR`).',
        },
      ),
    },
    ({ code, kept, undelivered, ledgers }, { stopped }) =>
      stopped.line(
        { code, kept: kept > 0 ? kept : undefined, undelivered: undelivered > 0 ? undelivered : undefined },
        { ledger: ledgers },
      ),
  ),
  'daemon.warned': says(
    {
      warned: logMessage('warn', '{warning}', {
        cause:
          'A setting has no effect or is misspelt; `LANE_DIR` holds a lane of a feed that is not configured; or the gap state in `LANE_DIR` cannot be read or written.',
        cure: 'Do what the line says. The daemon runs meanwhile.',
      }),
    },
    ({ warning }, { warned }) => warned.line({ warning }),
  ),
  'config.reloaded': says(
    {
      reloaded: logMessage('info', 'the configuration was read again: {changes}', {
        cause: 'A reload (SIGHUP, or a changed file) is in force.',
      }),
    },
    ({ changes }, { reloaded }) => reloaded.line({ changes }),
  ),
  'config.refused': says(
    {
      refused: logMessage(
        'error',
        'the configuration was read again and refused, the one before stays in force: {problems}',
        {
          cause: 'A reload found a problem, or a change that needs a restart. Nothing changed.',
          cure: 'Correct the configuration, and reload again; `tributary config` shows every problem.',
        },
      ),
    },
    ({ problems }, { refused }) => refused.line({ problems }),
  ),
  'gaps.off': says(
    {
      off: logMessage('debug', 'gaps are counted, but not told in a topic: {detail}; looking again every minute', {
        cause: '`GAPS_TOPIC` is not set, and the topic `tributary.gaps` or its subject does not exist.',
      }),
    },
    ({ detail }, { off }) => off.line({ detail }),
  ),
  'http.listening': says(
    {
      listening: logMessage('info', 'metrics on http://{host}:{port}/', {
        cause: 'The port for metrics, health and status is open.',
      }),
    },
    ({ host, port }, { listening }) => listening.line({ host, port }),
  ),
} satisfies Partial<EventLogs>
