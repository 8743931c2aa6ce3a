/** What the log says of sources. */
import type { Event } from '../events.ts'
import type { SourceInfo } from '../model.ts'
import type { Line } from './line.ts'

const SHORT_GAP_MS = 5_000

/** The line of an event of a source; undefined where none is due. */
export function sourceLine(event: Extract<Event, { source: SourceInfo }>): Line | undefined {
  switch (event.type) {
    case 'source.joined':
      return ['debug', `${event.source.shown} has come`, place(event.source)]
    case 'source.left':
      return ['info', `${event.source.shown} is gone`, place(event.source)]
    case 'source.dialled':
      return ['debug', `dialling ${event.source.shown}`, place(event.source)]
    case 'source.opened':
      return [
        'info',
        `${event.source.shown} is open${event.afterDials > 1 ? ` after ${event.afterDials} dials` : ''}`,
        place(event.source),
      ]
    case 'source.lost':
      return lostLine(event)
    case 'source.quiet':
      return quietLine(event)
    case 'source.refused':
      return [
        'error',
        `${event.source.shown} will not be dialled again: ${event.detail}`,
        { ...place(event.source), reason: event.reason },
      ]
    case 'gap.ended':
      return gapLine(event)
    default:
      return undefined
  }
}

/** The fields by which lines of one source are found. */
function place({ feed, shown: source }: SourceInfo) {
  return { feed, source }
}

const NO_CODE = 1005

/** How a peer closed in order; the reason is often empty. */
function closeText(code: number | undefined, reason: string): string {
  const how = code === undefined || code === NO_CODE ? 'closed without a code' : `closed with ${code}`
  return reason === '' ? how : `${how}: ${reason}`
}

function lostLine(event: Extract<Event, { type: 'source.lost' }>): Line {
  const { source, reason, code, detail, cure, openMs, redialInMs } = event
  const fields = { ...place(source), reason, ...(code === undefined ? {} : { code }) }
  const next = redialInMs === undefined ? '' : `; next dial in ${(redialInMs / 1000).toFixed(1)} s`
  if (reason === 'stopped') return ['debug', `${source.shown} is closed`, fields]
  if (openMs === undefined)
    return ['warn', `${source.shown} does not open: ${detail}${cure === undefined ? '' : `; ${cure}`}${next}`, fields]
  const why = reason === 'ended' ? closeText(code, detail) : detail
  return ['warn', `${source.shown} is lost after ${(openMs / 1000).toFixed(1)} s: ${why}${next}`, fields]
}

/** A drop-in must not redial quiet sources, so this is all that is done about one. */
function quietLine({ source, openMs, setting, isSet }: Extract<Event, { type: 'source.quiet' }>): Line {
  const asks = isSet
    ? `does it take what ${setting} sends?`
    : `does it wait for a subscription? ${setting} says what to send`
  return ['warn', `${source.shown} has been open for ${openMs / 1000} s without a message: ${asks}`, place(source)]
}

/** Short gaps are told by the lines of the loss and the opening. */
function gapLine(event: Extract<Event, { type: 'gap.ended' }>): Line | undefined {
  const { source, reason, beganAt, endedAt, code, dials, sequence } = event
  const fields = { ...place(source), reason, ...(code === undefined ? {} : { code }), dials }
  if (sequence) {
    const { from, to } = sequence
    const which = from === to ? `number ${from} is` : `numbers ${from} to ${to} are`
    return ['info', `${source.shown}: ${which} missing`, { ...place(source), reason }]
  }
  const ms = endedAt - beganAt
  if (ms < SHORT_GAP_MS) return undefined
  return ['info', `${source.shown} was in a gap for ${(ms / 1000).toFixed(1)} s`, fields]
}
