/** Compiles the registry's schema texts to a plan. */
import { Unavailable } from '../errors.ts'
import { compilePlan } from '../fit/compile.ts'
import type { TypeNode } from '../fit/node.ts'
import { DEFAULT_FIT, type FitOptions } from '../fit/options.ts'
import { Plan } from '../fit/plan.ts'
import { UnionNode } from '../fit/union.ts'
import { parseExactly } from '../lib/lossless-json.ts'

/** Longest part of an error to show, in characters. */
const MOST_REASON_CHARACTERS = 200

/**
 * Compiles the schema texts of a subject, referenced schemas first. Defaults keep the digits of their text.
 * Documentation, orders, unknown logical types and illegal aliases are ignored.
 * Throws `Unavailable` (`bad_schema`), also for a schema that no JSON object fits, and for a schema with too many
 * types and fields or too large defaults.
 */
export function compileSchema(subject: string, texts: readonly string[], options: FitOptions = DEFAULT_FIT): Plan {
  const root = attempt(subject, () => compilePlan(texts.map(parseExactly), options))
  if (takesObjects(root)) return new Plan(root)
  throw new Unavailable('bad_schema', `the schema of ${subject} is a ${root.name}: documents need a record or a map`)
}

/** Whether JSON objects can fit. */
function takesObjects(root: TypeNode): boolean {
  return root instanceof UnionNode ? root.branches.some(({ kind }) => kind === 'object') : root.kind === 'object'
}

function attempt(subject: string, make: () => TypeNode): TypeNode {
  try {
    return make()
  } catch (cause) {
    const said = String((cause as Error | undefined)?.message ?? cause)
    const reason = said.length > MOST_REASON_CHARACTERS ? `${said.slice(0, MOST_REASON_CHARACTERS)}…` : said
    throw new Unavailable('bad_schema', `the schema of ${subject} cannot be used: ${reason}`, { cause })
  }
}
