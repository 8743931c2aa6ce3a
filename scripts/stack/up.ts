/** `stack up`: both servers in the background. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT, Failure } from '../lib/failure.ts'
import { note, progress } from '../lib/progress.ts'
import { cacheFolder } from './cache.ts'
import { installKafka, installRegistry } from './install.ts'
import { findJava } from './java.ts'
import { startKafka } from './kafka.ts'
import { withLock } from './lock.ts'
import { isPortFree } from './ports.ts'
import { startRegistry } from './registry.ts'
import { forgetState, halt, isRunning, readState, type ServerState, stackFolder, writeState } from './state.ts'

/** Ports of both; 0 for free ones. */
export interface Ports {
  readonly kafka: number
  readonly registry: number
}

/** Starts what is not running and resolves to both servers once they answer; those that run already are left alone. */
export function up(ports: Ports): Promise<ServerState[]> {
  const waiting = (pid: number): void => note(`process ${pid} is starting the stack, waiting …`)
  return withLock(join(cacheFolder(), 'stack.lock'), () => upLocked(ports), waiting)
}

async function upLocked(ports: Ports): Promise<ServerState[]> {
  const known = readState()
  const alive = await Promise.all(known.map(isRunning))
  if (known.length > 0 && alive.every(Boolean)) return known
  // Half a stack is of no use: schema ids in Kafka's records mean nothing to a new registry.
  for (const server of known) await halt(server)
  forgetState()
  await refuseTaken('kafka', ports.kafka)
  await refuseTaken('registry', ports.registry)
  await findJava()
  await Promise.all([installKafka(), installRegistry()])
  await rm(stackFolder(), { recursive: true, force: true })
  return startBoth(ports)
}

async function startBoth(ports: Ports): Promise<ServerState[]> {
  const folders = { kafka: join(stackFolder(), 'kafka'), registry: join(stackFolder(), 'registry') }
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })))
  const shown = progress('Starting Kafka and the schema registry')
  const [kafka, registry] = await Promise.allSettled([
    startKafka({ port: ports.kafka, dataDir: folders.kafka, detached: true }),
    startRegistry({ port: ports.registry, folder: folders.registry, detached: true }),
  ])
  if (kafka.status === 'rejected' || registry.status === 'rejected') {
    shown.clear()
    if (kafka.status === 'fulfilled') await kafka.value.stop()
    if (registry.status === 'fulfilled') await registry.value.stop()
    throw kafka.status === 'rejected' ? kafka.reason : (registry as PromiseRejectedResult).reason
  }
  shown.done('both answer')
  const servers: ServerState[] = [
    {
      name: 'Kafka',
      pid: kafka.value.pid,
      mark: join(folders.kafka, 'server.properties'),
      variable: 'BOOTSTRAP_SERVERS',
      address: kafka.value.bootstrapServers,
      logFile: kafka.value.logFile,
    },
    {
      name: 'Schema registry',
      pid: registry.value.pid,
      mark: `quarkus.http.port=${registry.value.port}`,
      variable: 'SCHEMA_REGISTRY_URL',
      address: registry.value.url,
      logFile: registry.value.logFile,
    },
  ]
  writeState(servers)
  return servers
}

async function refuseTaken(name: 'kafka' | 'registry', port: number): Promise<void> {
  if (port === 0 || (await isPortFree(port))) return
  throw new Failure(`port ${port} of 127.0.0.1 is taken by another program`, {
    cure: `Stop that program, or choose another port with --${name}-port (0 for a free one).`,
    code: EXIT.unavailable,
  })
}
