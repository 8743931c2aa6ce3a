/** `tributary check`. */
import { runCheck } from '../check/index.ts'
import { checkHelp, checkOptions } from '../check/options.ts'
import { type Command, configured, endAt, say } from './command.ts'

export const checkCommand: Command = {
  help: checkHelp,
  run: async (args, { env, stop }) => {
    endAt(stop)
    return runCheck(() => configured(env), checkOptions(args), say)
  },
}
