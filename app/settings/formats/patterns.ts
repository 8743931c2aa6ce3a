/** Lists of what messages are matched with. */
import { exactText, parseExact } from '../../lib/exact-json.ts'
import type { Pattern } from '../../lib/subset.ts'
import { type Format, format, refuse } from '../format.ts'

const MOST = 100
const DEEPEST = 16

/** A JSON array of strings and objects; numbers in it are those that a double holds exactly. */
export const patterns: Format<readonly Pattern[], ''> = format(
  'a JSON array of texts and of objects with the fields to look for, such as [{"type":"ping"},"pong"]',
  (given) => {
    const exact = parseExact(given)
    if (!Array.isArray(exact)) return undefined
    if (exact.length > MOST) refuse(`may list ${MOST} at most; it lists ${exact.length}`)
    const problems = exact.flatMap((item, index) => problemOf(item, index + 1))
    if (problems.length > 0) refuse(...problems)
    return JSON.parse(given) as Pattern[]
  },
  { shape: 'json', schema: { type: ['array', 'string'], items: { type: ['string', 'object'] }, maxItems: MOST } },
)

function problemOf(item: unknown, number: number): string[] {
  if (typeof item === 'string') return []
  if (typeof item !== 'object' || item === null || Array.isArray(item) || exactText(item) !== undefined)
    return [`must list texts and objects only; item ${number} is neither`]
  if (Object.keys(item).length === 0)
    return [`has an object without fields, which would match every document (item ${number})`]
  return flawOf(item, DEEPEST).map((flaw) => `${flaw} (item ${number})`)
}

function flawOf(value: unknown, depth: number): string[] {
  const digits = typeof value === 'string' ? undefined : exactText(value)
  if (digits !== undefined)
    return isExact(Number(digits)) ? [] : ['has a number beyond 2^53, which is not looked at exactly']
  if (typeof value !== 'object' || value === null) return []
  if (depth === 0) return [`may be ${DEEPEST} levels deep at most`]
  return Object.values(value).flatMap((one) => flawOf(one, depth - 1))
}

function isExact(number: number): boolean {
  return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))
}
