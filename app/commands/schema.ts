/** `tributary schema`: what can be configured. */
import { jsonSchema } from '../config/index.ts'
import { kinds } from '../kinds.ts'
import { type Command, show } from './command.ts'
import { tooManyArguments } from './failure.ts'

const schemaHelp = `tributary schema: the JSON Schema of the configuration file (TRIBUTARY_CONFIG).

An editor with a YAML language server checks and completes a file that begins with
  # yaml-language-server: $schema=tributary.schema.json
where that file holds what this command prints.
`

export const schemaCommand: Command = {
  help: schemaHelp,
  run: async (args) => (args.length > 0 ? tooManyArguments(args) : show(schemaText())),
}

/** JSON. */
export function schemaText(): string {
  return `${JSON.stringify(jsonSchema(kinds), null, 2)}\n`
}
