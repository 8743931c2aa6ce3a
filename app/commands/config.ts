/** `tributary config`: what is configured. */
import { configOf, inForceAsYaml, readSources } from '../config/index.ts'
import { exitCodes } from '../exit-codes.ts'
import { kinds } from '../kinds.ts'
import { type Command, show, sourcesOf } from './command.ts'
import { tooManyArguments } from './failure.ts'

const configHelp = `tributary config: what is in force and where each value is from.

Prints YAML that can be used again as TRIBUTARY_CONFIG: what was given is a key, defaults are comments. A secret is printed
as the variable or the file that holds it, never as it is; one that stands in the file as the variable that could hold it.

Exit codes: 0; 78 the configuration is wrong, every problem listed.
`

export const configCommand: Command = {
  help: configHelp,
  run: async (args, { env }) => {
    if (args.length > 0) return tooManyArguments(args)
    const reading = readSources(sourcesOf(env), kinds)
    show(inForceAsYaml(reading.inForce, reading.problems.length === 0))
    // Prints the settings in force before it throws the problems.
    configOf(reading)
    return exitCodes.ok
  },
}
