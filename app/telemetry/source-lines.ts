/** Log lines about sources. */
import type { SourceInfo } from '../model.ts'
import { type EventLogs, type EventOf, says, silent } from './event-log.ts'
import { type LogLine, seconds } from './line.ts'
import { logMessage } from './log-message.ts'

const SHORT_GAP_MS = 5_000
const NO_CODE = 1005

const quietMessages = {
  unset: logMessage(
    'warn',
    '{source} has been open for {duration} without a message: does it wait for a subscription? {setting} says what to send',
    {
      cause: 'A connection is open, and no message has ever arrived from this source. The feed has no open messages.',
      cure: 'Set `FEED_<NAME>_OPEN_MESSAGES` where the upstream wants a subscription. A source that is quiet for other reasons needs nothing.',
    },
  ),
  set: logMessage(
    'warn',
    '{source} has been open for {duration} without a message: does it take what {setting} sends?',
    {
      cause: 'A connection is open, the open messages were sent, and nothing has arrived.',
      cure: "Compare `FEED_<NAME>_OPEN_MESSAGES` with the upstream's documentation.",
    },
  ),
}

const lostMessages = {
  closed: logMessage('debug', '{source} is closed', { cause: 'The daemon closed the connection.' }),
  failed: logMessage('warn', '{source} does not open: {detail}[; {cure}][; next dial in {delay}]', {
    cause: 'A dial failed. The field `reason` says at which step.',
    cure: 'Do what the line says; see the reasons of lost connections below. The daemon dials again for ever.',
  }),
  broken: logMessage('warn', '{source} is lost after {open}: {why}[; next dial in {delay}]', {
    cause: 'An open connection ended, and the daemon did not end it.',
    cure: 'None for a single loss: the daemon dials again, and measures the gap. For repeated losses see the reasons of lost connections below.',
  }),
}

const gapMessages = {
  number: logMessage('info', '{source}: number {number} is missing', {
    cause:
      'A sequence number of `FEED_<NAME>_SEQUENCE_FIELD` was passed over: the upstream or the network lost a document.',
  }),
  numbers: logMessage('info', '{source}: numbers {from} to {to} are missing', {
    cause:
      'Sequence numbers of `FEED_<NAME>_SEQUENCE_FIELD` were passed over: the upstream or the network lost documents.',
  }),
  time: logMessage('info', '{source} was in a gap for {duration}', {
    cause: 'A gap of five seconds or more ended with a message. What the upstream sent in between may be missing.',
  }),
}

export const sourceLines = {
  'source.joined': says(
    { joined: logMessage('debug', '{source} has come', { cause: 'A source was configured.' }) },
    ({ source }, { joined }) => joined.line({ source: source.shown }, place(source)),
  ),
  'source.left': says(
    { left: logMessage('info', '{source} is gone', { cause: 'A source is no longer configured.' }) },
    ({ source }, { left }) => left.line({ source: source.shown }, place(source)),
  ),
  'source.dialled': says(
    { dialled: logMessage('debug', 'dialling {source}', { cause: 'A connection is being opened.' }) },
    ({ source }, { dialled }) => dialled.line({ source: source.shown }, place(source)),
  ),
  'source.opened': says(
    { opened: logMessage('info', '{source} is open[ after {dials} dials]', { cause: 'A connection was opened.' }) },
    ({ source, afterDials }, { opened }) =>
      opened.line({ source: source.shown, dials: afterDials > 1 ? afterDials : undefined }, place(source)),
  ),
  'source.lost': says(lostMessages, lostLine),
  // A line is all: the replaced producer did not dial quiet sources again either.
  'source.quiet': says(quietMessages, ({ source, openMs, setting, isSet }, { set, unset }) =>
    (isSet ? set : unset).line({ source: source.shown, duration: `${openMs / 1000} s`, setting }, place(source)),
  ),
  'source.refused': says(
    {
      refused: logMessage('error', '{source} will not be dialled again: {detail}', {
        cause: 'No retry can cure this source: its URL or its settings cannot be used.',
        cure: 'Correct the URL or the setting that the line names, then reload or restart.',
      }),
    },
    ({ source, reason, detail }, { refused }) =>
      refused.line({ source: source.shown, detail }, { ...place(source), reason }),
  ),
  'gap.ended': says(gapMessages, gapLine),
  'messages.received': silent,
  'messages.kept': silent,
  'source.paused': silent,
  'source.resumed': silent,
  'source.behind': silent,
} satisfies Partial<EventLogs>

/** Fields that identify the source of a line. */
function place({ feed, shown: source }: SourceInfo) {
  return { feed, source }
}

/** How a peer closed in order. Its reason is often empty. */
function closeText(code: number | undefined, reason: string): string {
  const how = code === undefined || code === NO_CODE ? 'closed without a code' : `closed with ${code}`
  return reason === '' ? how : `${how}: ${reason}`
}

function lostLine(event: EventOf<'source.lost'>, { closed, failed, broken }: typeof lostMessages): LogLine {
  const { reason, code, detail, cure, openMs, redialInMs } = event
  const source = event.source.shown
  const fields = { ...place(event.source), reason, ...(code === undefined ? {} : { code }) }
  const delay = redialInMs === undefined ? undefined : seconds(redialInMs)
  if (reason === 'stopped') return closed.line({ source }, fields)
  if (openMs === undefined) return failed.line({ source, detail, cure, delay }, fields)
  const why = reason === 'ended' ? closeText(code, detail) : detail
  return broken.line({ source, open: seconds(openMs), why, delay }, fields)
}

/** Short gaps have no line: the lines of the loss and of the opening are enough. */
function gapLine(event: EventOf<'gap.ended'>, { number, numbers, time }: typeof gapMessages): LogLine | undefined {
  const { reason, beganAt, endedAt, code, dials, sequence } = event
  const source = event.source.shown
  const fields = { ...place(event.source), reason }
  if (sequence) {
    const { from, to } = sequence
    return from === to ? number.line({ source, number: from }, fields) : numbers.line({ source, from, to }, fields)
  }
  const ms = endedAt - beganAt
  if (ms < SHORT_GAP_MS) return undefined
  const more = { ...(code === undefined ? {} : { code }), dials }
  return time.line({ source, duration: seconds(ms) }, { ...fields, ...more })
}
