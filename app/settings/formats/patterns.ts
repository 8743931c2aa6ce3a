/** Lists of message patterns. */
import { exactText, parseExact } from '../../lib/exact-json.ts'
import type { Pattern } from '../../lib/subset.ts'
import { type Format, format, refuse } from '../format.ts'

const MOST_PATTERNS = 100
const DEEPEST_PATTERN = 16

/** A JSON array of strings and objects; numbers must be exact as doubles. */
export const patterns: Format<readonly Pattern[], ''> = format(
  'a JSON array of texts and of objects with the fields to look for, such as [{"type":"ping"},"pong"]',
  (given) => {
    const exact = parseExact(given)
    if (!Array.isArray(exact)) return undefined
    if (exact.length > MOST_PATTERNS) refuse(`may list ${MOST_PATTERNS} at most; it lists ${exact.length}`)
    const problems = exact.flatMap((item, index) => patternProblems(item, index + 1))
    if (problems.length > 0) refuse(...problems)
    return JSON.parse(given) as Pattern[]
  },
  {
    shape: 'json',
    schema: { type: ['array', 'string'], items: { type: ['string', 'object'] }, maxItems: MOST_PATTERNS },
  },
)

function patternProblems(item: unknown, number: number): string[] {
  if (typeof item === 'string') return []
  if (typeof item !== 'object' || item === null || Array.isArray(item) || exactText(item) !== undefined)
    return [`must list texts and objects only; item ${number} is neither`]
  if (Object.keys(item).length === 0)
    return [`has an object without fields, which would match every document (item ${number})`]
  return patternFlaws(item, DEEPEST_PATTERN).map((flaw) => `${flaw} (item ${number})`)
}

function patternFlaws(value: unknown, depth: number): string[] {
  const digits = typeof value === 'string' ? undefined : exactText(value)
  if (digits !== undefined)
    return isExactDouble(Number(digits)) ? [] : ['has a number beyond 2^53, which is not looked at exactly']
  if (typeof value !== 'object' || value === null) return []
  if (depth === 0) return [`may be ${DEEPEST_PATTERN} levels deep at most`]
  return Object.values(value).flatMap((one) => patternFlaws(one, depth - 1))
}

function isExactDouble(number: number): boolean {
  return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))
}
