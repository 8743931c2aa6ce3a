/** Values in quotes that nobody took off: `docker --env-file` and some process managers hand them on. */
import type { Format } from '../settings/format.ts'
import type { Report } from './report.ts'

const CURE = "leave the quotes out: docker's --env-file takes them as a part of the value"

/** What to do about a `text` that `format` refuses and would take without its quotes; undefined where quotes are not to blame. */
export function quotesHint(text: string, format: Format<unknown>): string | undefined {
  const value = text.trim()
  if (quoteOf(value) === undefined) return undefined
  try {
    format.parse(value.slice(1, -1))
    return CURE
  } catch {
    return undefined
  }
}

/** Says that a value which was taken begins and ends with a quote: a password may, but it is seldom meant. */
export function noteQuotes(text: string, variable: string, report: Report): void {
  const quote = quoteOf(text.trim())
  if (quote === undefined) return
  const problem = `${variable} begins and ends with ${quote}, which is taken as a part of the value`
  report.note(variable, problem, `if that is not meant, ${CURE}`)
}

function quoteOf(value: string): string | undefined {
  const first = value.charAt(0)
  return value.length > 1 && (first === '"' || first === "'") && value.endsWith(first) ? first : undefined
}
