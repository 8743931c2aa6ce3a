/** Durations on a command line. */
import { EXIT, Failure } from './failure.ts'

/** Milliseconds of `20s`, `5m`; a bare number is seconds. Undefined for undefined. Throws `Failure` naming the option for anything else. */
export function duration(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|)$/.exec(text) ?? []
  if (Number(number) > 0) return Number(number) * (unit === 'm' ? 60_000 : 1_000)
  throw new Failure(`--${option} ${text} is not a duration`, { cure: `Try --${option} 20s.`, code: EXIT.configuration })
}
