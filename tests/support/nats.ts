/** A real nats-server on loopback with a file store of its own, which a test may kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { until } from './until.ts'

/** Where the program is: `npm run test:system -- --only nats` says so. */
const PROGRAM = process.env.NATS_SERVER ?? 'nats-server'

/** A running server. */
export interface NatsServer {
  readonly url: string
  readonly pid: number
  /** Ends it at once. */
  kill(): Promise<void>
  /** On the same port, with the same store. */
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** A connection of the test's own, which is closed with the server. */
  client(): Promise<{ readonly connection: NatsConnection; readonly manager: JetStreamManager }>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one. `lines`: more of its configuration. */
export async function startNats(lines = '', options = { jetstream: true }): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nats-'))
  const store = options.jetstream ? `jetstream { store_dir: "${join(folder, 'store')}" }\n` : ''
  let port = -1
  let child: ChildProcess | undefined
  const clients: NatsConnection[] = []
  const start = async (): Promise<void> => {
    const config = join(folder, 'nats.conf')
    await writeFile(config, `listen: "127.0.0.1:${port}"\nports_file_dir: "${folder}"\n${store}${lines}`)
    const running = spawn(PROGRAM, ['-c', config], { stdio: 'ignore' })
    child = running
    await until(
      async () => {
        port = (await portOf(folder, running.pid)) ?? port
        return port > 0 && (await accepts(port))
      },
      { what: 'nats-server to accept connections' },
    )
  }
  await start()
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    get url() {
      return `nats://127.0.0.1:${port}`
    },
    get pid() {
      return child?.pid ?? 0
    },
    kill,
    start,
    signal: (signal) => void child?.kill(signal),
    async client() {
      const connection = await connect({ servers: `127.0.0.1:${port}`, ...CLIENT })
      clients.push(connection)
      return { connection, manager: await jetstreamManager(connection, { checkAPI: false }) }
    },
    async [Symbol.asyncDispose]() {
      child?.kill('SIGCONT')
      await Promise.allSettled(clients.map((it) => it.close()))
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const CLIENT = { name: 'test', reconnect: false, timeout: 5_000 } as const

/** One that wants a password is there, too. */
async function accepts(port: number): Promise<boolean> {
  try {
    const connection = await connect({ servers: `127.0.0.1:${port}`, ...CLIENT })
    await connection.close()
    return true
  } catch (error) {
    return error instanceof Error && /authorization/i.test(error.message)
  }
}

async function portOf(folder: string, pid: number | undefined): Promise<number | undefined> {
  const text = await readFile(join(folder, `nats-server_${pid}.ports`), 'utf8').catch(() => '')
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(text) ?? []
  return port === undefined ? undefined : Number(port)
}

/** A message as it is stored. */
export interface Stored {
  readonly subject: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** All messages of a stream in order. */
export async function storedIn(manager: JetStreamManager, stream: string): Promise<Stored[]> {
  const { state } = await manager.streams.info(stream)
  const stored: Stored[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq }).catch(() => null)
    if (!message) continue
    const headers = Object.fromEntries([...(message.header ?? [])].map(([name, values]) => [name, values.join()]))
    stored.push({ subject: message.subject, value: Buffer.from(message.data), headers })
  }
  return stored
}
