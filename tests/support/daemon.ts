/** The daemon as an operator starts it: a process of its own, told everything by environment variables. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseMetrics, type Samples } from './daemon-metrics.ts'
import { stack } from './stack.ts'
import { until } from './until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))

// The shell becomes the daemon (same pid). Its background half waits on a pipe that the test holds: a word on it means that
// the daemon has ended, its end that the test process has, in whatever way.
const GUARDED = '{ read -r word <&3 || kill -KILL $$; } >/dev/null 2>&1 & exec "$@" 3<&-'

/** A line of the log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly feed?: string
  readonly reason?: string
  readonly ledger?: Readonly<Record<string, LedgerReport>>
}

/** Where everything of one feed went, as the log and /status tell it. */
export interface LedgerReport {
  readonly messages: {
    readonly received: number
    readonly settled: number
    readonly dropped: number
    readonly held: number
  }
  readonly documents: Readonly<
    Record<'found' | 'produced' | 'dead_lettered' | 'refused' | 'ignored' | 'expired' | 'in_flight', number>
  >
  readonly refused: Readonly<Record<string, number>>
  readonly dead_lettered: Readonly<Record<string, number>>
}

/** What /status answers, as far as tests look at it. */
export interface StatusReport {
  readonly verdict: string
  readonly version: string
  readonly kafka_connected: boolean
  readonly schemas: Readonly<Record<string, { readonly id: number; readonly version: number }>>
  readonly feeds: Readonly<Record<string, FeedReport>>
}

/** One feed in /status. */
export interface FeedReport {
  readonly state: string
  readonly detail?: string
  readonly ledger: LedgerReport & { readonly balances: boolean }
  readonly lane: { readonly bytes: number; readonly limit_bytes: number }
  readonly sources: readonly {
    readonly url: string
    readonly state: string
    readonly dials: number
    readonly messages: number
    /** ISO 8601; null before the first. */
    readonly last_message_at: string | null
    readonly last_close?: { readonly reason: string; readonly code?: number; readonly detail: string }
  }[]
}

/** How the process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running daemon, or one that has ended. */
export interface Daemon {
  readonly pid: number
  readonly stdout: string
  readonly stderr: string
  /** The log so far, whichever stream it is on. */
  readonly log: readonly LogLine[]
  /** True until the process has ended. */
  readonly running: boolean
  readonly exited: Promise<Exit>
  /** How it has ended; undefined while it runs. */
  readonly ended: Exit | undefined
  /** Resolves to the port's base URL once the log names it. */
  url(): Promise<string>
  /** Resolves when /readyz says 200. Throws with the end of the log when the process ends first. */
  ready(timeoutMs?: number): Promise<void>
  get(path: string, init?: RequestInit): Promise<Response>
  status(): Promise<StatusReport>
  feed(name: string): Promise<FeedReport>
  metrics(): Promise<Samples>
  /** Resolves to the first log line that `text` is in. */
  said(text: string | RegExp, timeoutMs?: number): Promise<LogLine>
  /** Resident memory in bytes. */
  rss(): Promise<number>
  /** Sends `signal` and resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  signal(signal: NodeJS.Signals): void
  [Symbol.asyncDispose](): Promise<void>
}

/** Variables for the shared Kafka and registry, and a port of its own. */
export function daemonEnv(): Record<string, string> {
  const { bootstrapServers, registryUrl } = stack()
  return {
    BOOTSTRAP_SERVERS: bootstrapServers,
    SCHEMA_REGISTRY_URL: registryUrl,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: '0',
  }
}

/** Starts the daemon with `env` over `daemonEnv()` and nothing else; undefined removes a variable. Use with `await using`. */
export function startDaemon(env: Readonly<Record<string, string | undefined>>, args: readonly string[] = []): Daemon {
  return launchDaemon({ ...daemonEnv(), ...env }, { args })
}

/** Which daemon to run, and how. */
export interface Launch {
  readonly args?: readonly string[]
  /** Absolute path of the program; these sources unless told. */
  readonly entry?: string
  /** A command and its arguments that run the daemon in their place, such as `prlimit --nofile=64`. `pid` is theirs. */
  readonly under?: readonly string[]
}

/** Starts the daemon with PATH and `env` and nothing else; undefined removes a variable. Use with `await using`. */
export function launchDaemon(
  env: Readonly<Record<string, string | undefined>>,
  { args = [], entry = 'app/main.ts', under = [] }: Launch = {},
): Daemon {
  const given = Object.entries({ PATH: process.env.PATH, ...env }).filter(([, value]) => value !== undefined)
  const child = spawn('sh', ['-c', GUARDED, 'sh', ...under, NODE, entry, ...args], {
    cwd: ROOT,
    env: Object.fromEntries(given),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const leash = child.stdio[3] as NodeJS.WritableStream
  leash.on('error', () => {})
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Exit)
  child.once('exit', () => leash.end('ended\n'))
  return control(child, exited)
}

function control(child: ChildProcess, exited: Promise<Exit>): Daemon {
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const log = (): LogLine[] => logLines(`${output.stdout}\n${output.stderr}`)
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null
  const alive = (what: string): void => {
    if (gone()) throw new Error(`the daemon ended before ${what}:\n${(output.stdout + output.stderr).slice(-2_000)}`)
  }
  const said: Daemon['said'] = async (text, timeoutMs = 20_000) => {
    const find = () => log().find(({ msg }) => (typeof text === 'string' ? msg.includes(text) : text.test(msg)))
    const isSaid = (): boolean => {
      if (find()) return true
      alive(`it said ${text}`)
      return false
    }
    await until(isSaid, {
      what: `the log to say ${text}`,
      timeoutMs,
    })
    return find() as LogLine
  }
  const url = async (): Promise<string> => {
    const { msg } = await said('metrics on http')
    return /http:\S+?(?=\/$)/.exec(msg)?.[0] ?? ''
  }
  const get: Daemon['get'] = async (path, init) =>
    // A kept connection may be closed by the other side just when it is used again.
    fetch((await url()) + path, { signal: AbortSignal.timeout(30_000), headers: { connection: 'close' }, ...init })
  const status = async (): Promise<StatusReport> => (await (await get('/status')).json()) as StatusReport
  const metrics = async (): Promise<Samples> => parseMetrics(await (await get('/metrics')).text())
  const stop: Daemon['stop'] = (signal = 'SIGTERM') => {
    child.kill(signal)
    return exited
  }
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    get log() {
      return log()
    },
    get running() {
      return !gone()
    },
    exited,
    get ended() {
      return gone() ? { code: child.exitCode, signal: child.signalCode } : undefined
    },
    url,
    async ready(timeoutMs = 30_000) {
      const answers = async (): Promise<boolean> => {
        alive('it was ready')
        return (await get('/readyz')).status === 200
      }
      await until(answers, { what: 'the daemon to be ready', timeoutMs })
    },
    get,
    status,
    async feed(name) {
      const feed = (await status()).feeds[name]
      if (!feed) throw new Error(`no feed ${name} in /status`)
      return feed
    },
    metrics,
    said,
    // Asking the process itself makes garbage that would be measured too.
    rss: async () =>
      (await residentBytes(child.pid ?? 0)) ?? (await metrics()).value('process_resident_memory_bytes') ?? 0,
    stop,
    signal: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      if (!gone()) child.kill('SIGKILL')
      await exited
    },
  }
}

/** What the kernel says, where there is a /proc. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

function logLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    // The last line may be half written; records of a dry run are JSON without a level.
    try {
      const value = JSON.parse(line) as LogLine
      return value.level === undefined ? [] : [value]
    } catch {
      return []
    }
  })
}
