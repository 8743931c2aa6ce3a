/** A daemon whose configuration a test changes while it runs. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Daemon, daemonEnv, type Launch, launchDaemon } from './daemon.ts'
import { until } from './until.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What the process holds after a collection of garbage: handles and timers by kind, bytes of the heap and outside of it. */
export interface Held {
  readonly resources: Readonly<Record<string, number>>
  readonly bytes: number
}

/** A running daemon and its file. */
export interface Reloading {
  readonly daemon: Daemon
  /** Replaces the file; the daemon does not know yet. */
  write(env: Env | string): Promise<void>
  /** Replaces the file, asks for a reload, and resolves to what the log says of it. */
  reload(env: Env | string): Promise<string>
  held(): Promise<Held>
  [Symbol.asyncDispose](): Promise<void>
}

const ENTRY = 'tests/support/reloading-program.ts'
const SAID = 'the configuration was read again'

/** Starts one with `fixed` variables of its own, which cannot change, and `first` in the file. */
export async function startReloading(first: Env, fixed: Env = {}, launch: Launch = {}): Promise<Reloading> {
  const folder = await mkdtemp(join(tmpdir(), 'reload-'))
  const path = join(folder, 'settings.json')
  const write = async (env: Env | string): Promise<void> => {
    await writeFile(`${path}.new`, typeof env === 'string' ? env : JSON.stringify(env))
    await rename(`${path}.new`, path)
  }
  await write(first)
  const options = { NODE_OPTIONS: '--expose-gc', RELOAD_FILE: path }
  const daemon = launchDaemon({ ...daemonEnv(), ...options, ...fixed }, { entry: ENTRY, ...launch })
  const answers = (): string[] => daemon.log.flatMap(({ msg }) => (msg.includes(SAID) ? [msg] : []))
  return {
    daemon,
    write,
    async reload(env) {
      const before = answers().length
      await write(env)
      daemon.signal('SIGHUP')
      const hasAnswered = (): boolean => {
        if (!daemon.running) throw new Error(`the daemon has ended: ${daemon.stderr.slice(-2_000)}`)
        return answers().length > before
      }
      await until(hasAnswered, { what: 'the answer to a reload', timeoutMs: 30_000 })
      return answers().at(-1) ?? ''
    },
    async held() {
      const reports = (): string[] => [...daemon.stderr.matchAll(/^HELD (.*)$/gm)].map(([, json = '']) => json)
      const before = reports().length
      daemon.signal('SIGUSR2')
      await until(() => reports().length > before, { what: 'what the daemon holds' })
      return JSON.parse(reports().at(-1) ?? '') as Held
    },
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}
