/** What of the messages that arrive says that their upstream is alive. */
import { jsonOf, type Matcher, matcher, type Pattern } from '../lib/subset.ts'
import type { Message } from '../model.ts'

/** Whether any of the messages is a sign of life. */
export type LifeTest = (messages: readonly Message[]) => boolean

/** What is parsed of one taking, the newest first; what is left beyond it counts as a sign of life without a look. */
const MOST_PARSED_BYTES = 1024 * 1024

/**
 * Everything is but what `ignore` matches and `alive` does not; of an array one such element is enough. Judged by the message
 * alone, never by what becomes of it later. Undefined where nothing is ignored: then nothing needs to be parsed.
 */
export function lifeTest(ignore: readonly Pattern[], alive: readonly Pattern[]): LifeTest | undefined {
  if (ignore.length === 0) return undefined
  const control = matcher(ignore)
  const living = matcher(alive)
  return (messages) => {
    let bytes = 0
    for (let at = messages.length - 1; at >= 0; at--) {
      const { data } = messages[at] as Message
      bytes += data.length
      if (isLife(data, control, living) || bytes > MOST_PARSED_BYTES) return true
    }
    return false
  }
}

function isLife(data: Buffer, control: Matcher, living: Matcher): boolean {
  if (control.text(data)) return living.text(data)
  const value = jsonOf(data)
  const says = (one: unknown): boolean => !control.value(one) || living.value(one)
  if (!Array.isArray(value)) return typeof value !== 'object' || says(value)
  return value.length === 0 || value.some(says)
}
