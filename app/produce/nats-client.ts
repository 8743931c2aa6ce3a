/** One connection to NATS, made on first use and never made again: what it still holds when it is lost is never sent behind a later write. */
import { readFile } from 'node:fs/promises'
import { Unavailable } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import type { KafkaRecord } from '../model.ts'
import { isUncovered } from './nats-errors.ts'
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  jetstream,
  jetstreamManager,
  type NatsConnection,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from './nats-library.ts'
import { messageOf } from './nats-message.ts'
import type { NatsValues } from './nats-settings.ts'

/** How long a connection and a request may take, in milliseconds. */
export interface NatsLimits {
  readonly connectMs: number
  readonly requestMs: number
}

/** Rejects with what the library throws. */
export class NatsClient {
  readonly #connection: Promise<NatsConnection>
  readonly #requestMs: number
  /** Subjects that the server has refused a publish to, which it says whenever it likes. */
  readonly #forbidden = new Map<string, Error>()
  /** Flushes under way. Each waiting for `closed()` itself would stay with the connection for as long as it lives. */
  readonly #flushes = new Set<(lost: Error) => void>()

  constructor(values: NatsValues, names: GivenNames, limits: NatsLimits) {
    this.#requestMs = limits.requestMs
    this.#connection = open(values, names, limits).then((connection) => {
      void this.#watch(connection)
      void connection.closed().then(() => this.#lost())
      return connection
    })
    this.#connection.catch(() => {})
  }

  /** The largest message that the server takes, bytes of headers and value. Waits for a round trip. */
  async maxPayload(): Promise<number> {
    const connection = await this.#connection
    await this.#flushed(connection)
    return connection.info?.max_payload ?? 0
  }

  /** The stream that covers `subject`; undefined where none does. */
  async streamOf(subject: string): Promise<string | undefined> {
    const connection = await this.#connection
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: this.#requestMs })
    try {
      return await manager.streams.find(subject)
    } catch (error) {
      if (isUncovered(error)) return undefined
      throw error
    }
  }

  /** Resolves when the stream has stored the record, or had it before under the same id. */
  async publish(subject: string, record: KafkaRecord, stream: string, id: string): Promise<void> {
    const connection = await this.#connection
    const headers = messageOf(record)
    const expect = { streamName: stream }
    await jetstream(connection).publish(subject, record.value, {
      headers,
      expect,
      msgID: id,
      timeout: this.#requestMs,
      retries: 1,
    })
  }

  /** Resolves with how many from the front the server has taken, which it says of all together. Rejects where that is not known, or none can be sent. */
  async publishAll(subject: string, records: readonly KafkaRecord[]): Promise<number> {
    const connection = await this.#connection
    this.#forbidden.delete(subject)
    if (connection.isClosed()) throw new errors.ClosedConnectionError()
    const sent = send(connection, subject, records)
    await this.#flushed(connection)
    // What the server said before its answer has been read by then.
    await new Promise(setImmediate)
    const refusal = this.#forbidden.get(subject)
    if (refusal) throw refusal
    return sent
  }

  async close(): Promise<void> {
    const connection = await this.#connection
    await connection.drain()
  }

  /** At once: nothing is sent any more. */
  destroy(): void {
    this.#connection.then((connection) => connection.close()).catch(() => {})
  }

  /** Resolves at the server's response to all that was sent before. Rejects when the connection is lost meanwhile, which the library does not say. */
  async #flushed(connection: NatsConnection): Promise<void> {
    if (connection.isClosed()) throw new errors.ClosedConnectionError()
    await new Promise<void>((resolve, reject) => {
      this.#flushes.add(reject)
      void connection
        .flush()
        .then(resolve, reject)
        .finally(() => this.#flushes.delete(reject))
    })
    if (connection.isClosed()) throw new errors.ClosedConnectionError()
  }

  #lost(): void {
    for (const reject of this.#flushes) reject(new errors.ClosedConnectionError())
    this.#flushes.clear()
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue
      if (status.error.operation === 'publish') this.#forbidden.set(status.error.subject, status.error)
    }
  }
}

/** How many from the front were sent, before one that cannot be. Throws where that is the first. */
function send(connection: NatsConnection, subject: string, records: readonly KafkaRecord[]): number {
  let sent = 0
  try {
    for (const record of records) {
      connection.publish(subject, record.value, { headers: messageOf(record) })
      sent++
    }
  } catch (error) {
    if (sent === 0) throw error
  }
  return sent
}

async function open(values: NatsValues, names: GivenNames, { connectMs }: NatsLimits): Promise<NatsConnection> {
  const { natsUrl: servers, natsClientName: name } = values
  return connect({
    servers: [...servers.hosts],
    name,
    timeout: connectMs,
    reconnect: false,
    noAsyncTraces: true,
    ignoreClusterUpdates: true,
    ...(servers.isEncrypted && { tls: {} }),
    ...(await authentication(values, names)),
  })
}

async function authentication(values: NatsValues, names: GivenNames): Promise<{ authenticator?: Authenticator }> {
  const { user } = values.natsUrl
  if (values.natsCredsFile !== undefined) return { authenticator: await credentials(values.natsCredsFile, names) }
  const token = values.natsToken ?? (user && 'token' in user ? user.token : undefined)
  if (token !== undefined) return { authenticator: tokenAuthenticator(token) }
  if (user && 'name' in user) return { authenticator: usernamePasswordAuthenticator(user.name, user.password) }
  return {}
}

async function credentials(path: string, names: GivenNames): Promise<Authenticator> {
  try {
    return credsAuthenticator(await readFile(path))
  } catch (cause) {
    const setting = settingName(names, 'NATS_CREDS_FILE')
    const cure = 'check the path, its permissions, and that it is a .creds file'
    throw new Unavailable('authentication', `the file of ${setting} cannot be used`, { setting, cure, cause })
  }
}
