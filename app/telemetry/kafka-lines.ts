/** Log lines about Kafka and the schema registry. */
import { clockText, TOLERANCE_MS } from '../lib/clock.ts'
import { type EventLogs, type EventOf, says, silent } from './event-log.ts'
import { KAFKA_NAME, type LogLine, partitionText, seconds } from './line.ts'
import { logMessage } from './log-message.ts'

const AWAY_CURE =
  'Check that the brokers run and that this machine reaches them. Nothing is lost: messages wait in the lanes.'

const connection = {
  connected: logMessage('info', '{system} is connected', {
    cause: 'A broker (or server) returned its first response.',
  }),
  back: logMessage('info', '{system} answers again after {duration}', {
    cause: 'A broker responded again after it had not for this long.',
  }),
}

const loss = {
  unanswered: logMessage('warn', '{system} has not answered a request for {duration}', {
    cause: 'A request is under way and no broker has responded to it.',
    cure: AWAY_CURE,
  }),
  failed: logMessage('debug', '{system} is lost: {detail}', { cause: 'A request failed and no broker responded.' }),
}

const clock = {
  differs: logMessage('warn', '{difference}', {
    cause:
      "This machine's clock differs from Kafka's (or the registry's). The line says by how much, and in which direction.",
    cure: "Set this machine's clock, for example with NTP. Until then times in records are corrected by the difference.",
  }),
  agrees: logMessage('info', '{difference}', {
    cause: "This machine's clock agrees with Kafka's (or the registry's) again.",
  }),
}

const schema = {
  misfit: logMessage(
    'warn',
    'subject {subject}: version {version}, schema id {id}; no plain JSON document fits it: [{path}: ]{why}; {cure}',
    {
      cause: 'A new version of the schema is in use, and it has a field that no JSON document can fill.',
      cure: 'Change the schema as the line says, and register a new version.',
    },
  ),
  changed: logMessage('info', 'subject {subject}: version {version}, schema id {id}', {
    cause: 'The schema was fetched for the first time, or has a new version.',
  }),
  back: logMessage('info', 'subject {subject}: the registry has it again, version {version}', {
    cause: 'The registry did not return the schema for a while, and does so again.',
  }),
}

export const kafkaLines = {
  'kafka.connected': says(connection, ({ lostMs, system = KAFKA_NAME }, { connected, back }) =>
    lostMs > 0 ? back.line({ system, duration: seconds(lostMs) }) : connected.line({ system }),
  ),
  'kafka.lost': says(loss, ({ waitedMs, detail, system = KAFKA_NAME }, { unanswered, failed }) =>
    waitedMs > 0 ? unanswered.line({ system, duration: seconds(waitedMs) }) : failed.line({ system, detail }),
  ),
  'kafka.throttled': says(
    {
      throttled: logMessage(
        'warn',
        'Kafka throttles topic {topic} for {duration}: this client has used up a quota (producer_byte_rate or request_percentage); records wait',
        {
          cause:
            'The broker has a quota for this client or user, and it is used up. The broker accepts nothing until then.',
          cure: 'Raise the quota with `kafka-configs.sh`, or accept the delay. Nothing is lost.',
        },
      ),
    },
    ({ topic, throttleMs }, { throttled }) => throttled.line({ topic, duration: seconds(throttleMs) }),
  ),
  'clock.differs': says(clock, ({ offsetMs, by }, { differs, agrees }) => {
    const isWrong = Math.abs(offsetMs) >= TOLERANCE_MS
    const difference = clockText({ offsetMs, by })
    return (isWrong ? differs : agrees).line({ difference }, { offset_seconds: offsetMs / 1000 })
  }),
  'produce.held': says(
    {
      held: logMessage('warn', '{system} does not take {partition}: {detail}; holding and trying again', {
        cause: 'A write to this partition failed. It is tried again for ever. The field `reason` says why.',
        cure: 'See the reasons of unavailable services below. Nothing is lost while the lane has room.',
      }),
    },
    ({ first, topic, partition, detail, reason, system = KAFKA_NAME }, { held }) =>
      first ? held.line({ system, partition: partitionText(topic, partition), detail }, { reason }) : undefined,
  ),
  'produce.resumed': says(
    {
      resumed: logMessage('info', '{system} takes {partition} again after {duration}', {
        cause: 'A write that was held succeeded.',
      }),
    },
    ({ topic, partition, heldMs, system = KAFKA_NAME }, { resumed }) =>
      resumed.line({ system, partition: partitionText(topic, partition), duration: seconds(heldMs) }),
  ),
  'producer.rebuilt': says(
    {
      rebuilt: logMessage('debug', 'the Kafka client was replaced: {detail}', {
        cause: 'The client failed for good or did not respond for too long. A new client continues.',
      }),
    },
    ({ detail }, { rebuilt }) => rebuilt.line({ detail }),
  ),
  'schema.fetched': says(schema, schemaLine),
  'schema.unavailable': says(
    {
      unavailable: logMessage('warn', 'subject {subject}: {detail}[; {note}]', {
        cause: 'The registry did not return the schema of this subject. The field `reason` says why.',
        cure: 'See the reasons of unavailable services below. A feed that has a schema continues with it.',
      }),
    },
    ({ subject, detail, inUse, reason }, { unavailable }) => {
      const note = inUse ? 'the last good schema stays in use' : undefined
      return unavailable.line({ subject, detail, note }, { reason })
    },
  ),
  'sink.opened': silent,
  'sink.closed': silent,
  'topic.left': silent,
  'produce.left': silent,
  'records.requested': silent,
  'records.acknowledged': silent,
  'records.refused': silent,
} satisfies Partial<EventLogs>

/** A failure and its end have a line each. A refresh without news has none. */
function schemaLine(event: EventOf<'schema.fetched'>, { misfit, changed, back }: typeof schema): LogLine | undefined {
  const { subject, version, id } = event
  if (event.changed && event.misfit) {
    const { path, why, cure } = event.misfit
    return misfit.line({ subject, version, id, path: path || undefined, why, cure })
  }
  if (event.changed) return changed.line({ subject, version, id })
  return event.recovered ? back.line({ subject, version }) : undefined
}
