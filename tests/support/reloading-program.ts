/** The daemon with its variables in a file, `RELOAD_FILE` (a JSON object over the environment), read again at SIGHUP; SIGUSR2 prints what it holds. */
import { readFileSync } from 'node:fs'
import { readConfig } from '../../app/config/index.ts'
import { runDaemon } from '../../app/daemon.ts'
import { ConfigError } from '../../app/errors.ts'
import { type Config, kinds } from '../../app/kinds.ts'
import { reloadSignal } from '../../app/lib/reload-signal.ts'
import { stopSignal } from '../../app/lib/stop-signal.ts'
import type { Held } from './reloading.ts'

const stop = stopSignal()
const requests = reloadSignal()
const { RELOAD_FILE = '', ...env } = process.env

const read = async (): Promise<Config> => {
  const text = readFileSync(RELOAD_FILE, 'utf8')
  try {
    return readConfig({ ...env, ...(JSON.parse(text) as NodeJS.ProcessEnv) }, kinds)
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError(['the file is not JSON'])
    throw error
  }
}

process.on('SIGUSR2', () => {
  globalThis.gc?.()
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const { heapUsed, external } = process.memoryUsage()
  const held: Held = { resources, bytes: heapUsed + external }
  process.stderr.write(`HELD ${JSON.stringify(held)}\n`)
})

process.exitCode = await runDaemon(await read(), { version: 'test', stop, reload: { requests, read } })
process.exit()
