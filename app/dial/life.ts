/** Decides which messages are signs of life of their upstream. */
import { jsonOf, type Matcher, matcher, type Pattern } from '../lib/subset.ts'
import type { Message } from '../model.ts'

/** Whether any of the messages is a sign of life. */
export type LifeTest = (messages: readonly Message[]) => boolean

/** Most bytes to parse per batch, newest message first. A longer batch counts as a sign of life. */
const MOST_PARSED_BYTES = 1024 * 1024

/**
 * Every message is a sign of life unless `ignore` matches and `alive` does not; one element of an array is enough. Later steps have
 * no influence. Returns undefined if `ignore` is empty, so that no message needs parsing.
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
