/** `tributary config` and `tributary schema`: what is configured, and what can be. */
import { inForceAsYaml, jsonSchema, type Kinds, type Reading } from './config/index.ts'
import { kinds } from './kinds.ts'

export const configHelp = `tributary config: what is in force and where each value is from.

Prints YAML that can be used again as TRIBUTARY_CONFIG: what was given is a key, defaults are comments. A secret is printed
as the variable or the file that holds it, never as it is; one that stands in the file as the variable that could hold it.

Exit codes: 0; 78 the configuration is wrong, every problem listed.
`

export const schemaHelp = `tributary schema: the JSON Schema of the configuration file (TRIBUTARY_CONFIG).

An editor with a YAML language server checks and completes a file that begins with
  # yaml-language-server: $schema=tributary.schema.json
where that file holds what this command prints.
`

/** YAML. */
export function showConfig({ inForce, problems }: Pick<Reading<Kinds>, 'inForce' | 'problems'>): string {
  return inForceAsYaml(inForce, problems.length === 0)
}

/** JSON. */
export function schemaText(): string {
  return `${JSON.stringify(jsonSchema(kinds), null, 2)}\n`
}
