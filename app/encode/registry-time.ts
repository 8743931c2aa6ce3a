/** Reads the time from the registry's responses. */
import { type Clock, steadyNow } from '../lib/clock.ts'
import { type HttpAnswer, type HttpRequest, request } from '../lib/http-client.ts'

/**
 * Earliest and latest time of a response, in milliseconds since the epoch. `Date` has whole seconds (RFC 9110, section
 * 6.6.1). Undefined without a valid `Date`, and for a cached response (`Age`).
 */
export function timeOf(headers: HttpAnswer['headers']): readonly [number, number] | undefined {
  const at = Date.parse(headers.date ?? '')
  return Number.isNaN(at) || headers.age !== undefined ? undefined : [at, at + 1_000]
}

/** Sends a request like `request` and sets `clock` from the response. */
export async function timedRequest(options: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  const from = steadyNow()
  const answer = await request(options)
  const time = timeOf(answer.headers)
  if (time) clock.saw('registry', time, [from, steadyNow()])
  return answer
}
