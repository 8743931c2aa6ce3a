/** What the registry's answers tell of the time. */
import { type Clock, steadyNow } from '../lib/clock.ts'
import { type HttpAnswer, type HttpRequest, request } from '../lib/http-client.ts'

/**
 * When an answer was made, in milliseconds since the epoch, at the earliest and at the latest: `Date` counts whole seconds
 * (RFC 9110, section 6.6.1). Undefined without a readable one, and for an answer out of a cache (`Age`).
 */
export function timeOf(headers: HttpAnswer['headers']): readonly [number, number] | undefined {
  const at = Date.parse(headers.date ?? '')
  return Number.isNaN(at) || headers.age !== undefined ? undefined : [at, at + 1_000]
}

/** Sends a request as `request` does; `clock` learns from the answer. */
export async function timedRequest(options: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  const from = steadyNow()
  const answer = await request(options)
  const time = timeOf(answer.headers)
  if (time) clock.saw('registry', time, [from, steadyNow()])
  return answer
}
