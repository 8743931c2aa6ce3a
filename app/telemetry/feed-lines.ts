/** Log lines about feeds, their documents and their lanes. */
import { type EventLogs, says, silent } from './event-log.ts'
import { seconds } from './line.ts'
import { logMessage } from './log-message.ts'
import { missingTime, missingTimeLine, unwatched, unwatchedLine } from './unread-lines.ts'

const REFUSED = {
  cause: 'A document cannot become a record, or Kafka does not take its record. The field `reason` says why.',
  cure: 'See the reasons of refused documents below. After the cure, `tributary redrive` sends dead letters again.',
}

/** Also used for the summary, which has no event. */
export const refusalMessages = {
  one: logMessage('warn', 'a document was refused: {detail}[; kept in the topic {topic}]', REFUSED),
  several: logMessage(
    'warn',
    '{documents} documents of a message were refused: {detail}[; kept in the topic {topic}]',
    REFUSED,
  ),
  summary: logMessage(
    'warn',
    'feed {feed}: {refused} of {found} documents of the last {seconds} s were refused ({share} %): {reasons}; the last: {detail}',
    {
      ...REFUSED,
      cause:
        'Further documents were refused for reasons that the log has named already. At most one line a minute and feed.',
    },
  ),
}

const deadLetters = {
  used: logMessage('info', 'refused documents go to the topic {topic}', {
    cause: 'The dead-letter topic exists and is in use.',
  }),
  missing: logMessage(
    'warn',
    'refused documents are counted but not kept: there is no topic {topic} (create it, or set DEAD_LETTER_TOPIC)',
    {
      cause: 'No dead-letter topic is configured, and the topic with the default name does not exist.',
      cure: 'Create the topic, or set `DEAD_LETTER_TOPIC`. The daemon looks every minute. Without one, refused documents are only counted.',
    },
  ),
}

export const feedLines = {
  'feed.opened': says(
    {
      opened: logMessage(
        'info',
        'feed {feed}: sources {sources}, topic {topic}, {key}, {steps}; lane {lane}, up to {size}',
        { cause: 'Says at the start what the feed does with its messages, and where they wait.' },
      ),
    },
    (event, { opened }) => {
      const { feed, sources, topic, key, normalise, directory, laneBytes } = event
      const lane = directory === undefined ? 'in memory, gone with the process' : `on disk in ${directory}`
      const steps = normalise.length === 0 ? 'not normalised' : `normalised by ${normalise.join(', ')}`
      return opened.line({ feed, sources, topic, key, steps, lane, size: sizeText(laneBytes) }, { feed })
    },
  ),
  'feed.parked': says(
    {
      parked: logMessage('warn', 'feed {feed} cannot start yet: {detail}', {
        cause: 'The feed needs a topic or a schema that is not available. The field `reason` says why.',
        cure: 'See the reasons of unavailable services below. The daemon tries again for ever.',
      }),
    },
    ({ feed, detail, reason }, { parked }) => parked.line({ feed, detail }, { feed, reason }),
  ),
  'feed.started': says(
    {
      started: logMessage('info', 'feed {feed} runs: sources {sources}, topic {topics}', {
        cause: 'Topic and schema of the feed are there: it produces.',
      }),
    },
    ({ feed, sources, topics }, { started }) =>
      started.line({ feed, sources: sources.length, topics: topics.join(', ') }, { feed }),
  ),
  'feed.leaving': says(
    {
      leaving: logMessage('info', 'feed {feed} is configured no longer: {messages} messages are delivered first', {
        cause: 'A reload removed the feed. Its sockets are closed, and its lane is delivered.',
      }),
    },
    ({ feed, messages }, { leaving }) => leaving.line({ feed, messages }, { feed }),
  ),
  'feed.left': says(
    { left: logMessage('info', 'feed {feed} is gone', { cause: 'A removed feed has delivered all it held.' }) },
    ({ feed }, { left }) => left.line({ feed }, { feed }),
  ),
  'document.refused': says(
    refusalMessages,
    ({ documents, detail, deadLetter: topic, feed, sourceId, reason }, { one, several }) => {
      const fields = { feed, source: sourceId, reason }
      return documents === 1 ? one.line({ detail, topic }, fields) : several.line({ documents, detail, topic }, fields)
    },
  ),
  'timestamp.missing': says(missingTime, missingTimeLine),
  'sequence.unwatched': says(unwatched, unwatchedLine),
  'dead_letters.looked_up': says(deadLetters, ({ inUse, topic }, { used, missing }) =>
    (inUse ? used : missing).line({ topic }),
  ),
  'lane.restored': says(
    {
      restored: logMessage('info', 'feed {feed} takes up {messages} messages that were kept, the oldest of {time}', {
        cause:
          'The lane on disk holds messages of an earlier run. Some that were on their way to Kafka may be delivered twice.',
      }),
    },
    ({ feed, messages, oldestReceivedAt }, { restored }) =>
      restored.line({ feed, messages, time: new Date(oldestReceivedAt).toISOString() }, { feed }),
  ),
  'lane.held': says(
    {
      held: logMessage('error', 'the lane of feed {feed} cannot write: {detail}; holding and trying again', {
        cause:
          'The disk is full or fails, or the directory of the lanes is gone. Messages that Kafka does not acknowledge at once wait, and their sockets are paused.',
        cure: 'Make room, or bring the disk or the directory of `LANE_DIR` back. The daemon tries again for ever.',
      }),
    },
    ({ isNews, feed, detail }, { held }) => (isNews ? held.line({ feed, detail }, { feed }) : undefined),
  ),
  'lane.resumed': says(
    {
      resumed: logMessage('info', 'the lane of feed {feed} writes again after {duration}', {
        cause: 'A write of the lane succeeded after failures.',
      }),
    },
    ({ feed, heldMs }, { resumed }) => resumed.line({ feed, duration: seconds(heldMs) }, { feed }),
  ),
  'batch.settled': silent,
} satisfies Partial<EventLogs>

function sizeText(bytes: number): string {
  const mib = bytes / (1024 * 1024)
  return mib >= 1 ? `${Number(mib.toFixed(1))} MiB` : `${bytes} bytes`
}
