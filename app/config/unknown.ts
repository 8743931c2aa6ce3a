/** Variables that look like ours and are not. Only a warning: an old deployment may hold settings of another program. */
import type { Env } from './lookup.ts'
import { nearest } from './nearest.ts'

const OURS = /^(KAFKA_SASL_|KAFKA_SSL_|KAFKA_SECURITY_|SCHEMA_REGISTRY_)/
/** Beyond this many edits, a suggestion misleads. */
const FARTHEST = 4

/** A warning for each variable with a prefix of ours that is none of `known` nor its `_FILE`. */
export function unknownWarnings(env: Env, known: readonly string[]): string[] {
  const names = new Set(known.flatMap((name) => [name, `${name}_FILE`]))
  return Object.keys(env)
    .filter((variable) => OURS.test(variable) && !names.has(variable) && env[variable]?.trim())
    .map((variable) => {
      const { word, distance } = nearest(variable, known)
      const hint = distance <= FARTHEST ? `; did you mean ${word}?` : '.'
      return `${variable} is not a setting of this program and has no effect${hint}`
    })
}
