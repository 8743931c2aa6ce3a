/** The daemon, started as an operator would: its bin, told everything by environment variables. */
import { readFileSync } from 'node:fs'
import { freePort } from '../stack/ports.ts'
import { type Child, startChild } from './child.ts'
import { FEEDS } from './feeds.ts'

/** What the daemon is to work with. */
export interface DaemonOptions {
  readonly bin: string
  readonly bootstrapServers: string
  readonly registryUrl: string
  /** URLs by feed. */
  readonly urls: ReadonlyMap<string, readonly string[]>
  readonly kafkaClient: string
  readonly logFile: string
}

/** Where everything of one feed went: messages received, documents produced and refused, messages not settled. */
export interface FeedLedger {
  readonly received: number
  readonly produced: number
  readonly refused: number
  readonly held: number
}

/** The daemon under way. */
export interface Daemon extends Child {
  /** `http://127.0.0.1:port`. */
  readonly address: string
  readonly logFile: string
  /** SIGTERM; resolves, when it has ended, to its exit code and its last word. */
  finish(): Promise<{ readonly code: number; readonly ledgers: ReadonlyMap<string, FeedLedger> }>
}

/** As in docker-compose.yml: the drain ends before the grace period does. */
const DRAIN_TIMEOUT = '25s'
const GRACE_MS = 30_000

/** Starts it and resolves when it serves its metrics. Throws `Failure` with the end of its log. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { logFile } = options
  const port = await freePort()
  const env = environment(options, port)
  const child = startChild({ name: 'the daemon', args: [options.bin], env, logFile })
  const address = `http://127.0.0.1:${port}`
  await child
    .ready(async () => (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok)
    .catch(async (error: unknown) => {
      await child.stop(0)
      throw error
    })
  return {
    ...child,
    get running() {
      return child.running
    },
    address,
    logFile,
    async finish() {
      await child.stop(GRACE_MS)
      return { code: await child.ended, ledgers: lastWord(logFile) }
    },
  }
}

function environment(options: DaemonOptions, port: number): Record<string, string> {
  const feeds = FEEDS.map(({ name, variables }) => variables((options.urls.get(name) ?? []).join(',')))
  return Object.assign(
    {
      BOOTSTRAP_SERVERS: options.bootstrapServers,
      SCHEMA_REGISTRY_URL: options.registryUrl,
      KAFKA_CLIENT: options.kafkaClient,
      DRAIN_TIMEOUT,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: String(port),
    },
    ...feeds,
  )
}

interface LogLine {
  readonly ledger?: Readonly<
    Record<
      string,
      {
        readonly messages: { readonly received: number; readonly held: number }
        readonly documents: { readonly produced: number; readonly refused: number }
      }
    >
  >
}

/** The ledgers on the log's last line; empty when it ended without saying them. */
function lastWord(logFile: string): Map<string, FeedLedger> {
  const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? ''
  const { ledger = {} } = parsed(last)
  return new Map(Object.entries(ledger).map(([feed, { messages, documents }]) => [feed, { ...messages, ...documents }]))
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return {}
  }
}
