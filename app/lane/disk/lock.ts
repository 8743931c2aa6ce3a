/** Locks a directory with a listening socket. The lock ends with its process, even after a kill. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { fileIdentity, type Identity, leadsTo } from './presence.ts'

/** Longest path of a socket on all systems, in bytes (macOS has the lowest limit). */
const LONGEST_PATH = 103

/** Another process holds the lock. */
export class LaneInUse extends Unusable {}

const IN_USE = 'another process uses it; end that one, or give this one a LANE_DIR of its own'

/** Held until `release`, or until the process ends. */
export interface Lock {
  /** Retakes a lock whose socket was removed. Resolves to a sentence if another process took the lock. */
  look(): Promise<string | undefined>
  release(): Promise<void>
}

/** By how many bytes the path of `directory` is too long for a lock; 0 or less if short enough. */
export function tooLongBy(directory: string): number {
  return Buffer.byteLength(pathOf(directory)) - LONGEST_PATH
}

/** Path of the lock of `directory`. Throws `Unusable` if the path is too long. */
export function lockPath(directory: string): string {
  const tooMany = tooLongBy(directory)
  if (tooMany <= 0) return pathOf(directory)
  throw new Unusable(`its path is too long for a lock; choose a LANE_DIR that is ${tooMany} bytes shorter`)
}

function pathOf(directory: string): string {
  return join(directory, 'lock')
}

/**
 * Takes the lock of `directory`. Throws `Unusable` if another process holds the lock, or if no socket can be created.
 */
export async function lock(directory: string): Promise<Lock> {
  const path = lockPath(directory)
  let held = await take(path)
  if (!held) throw new LaneInUse(IN_USE)
  return {
    async look() {
      try {
        // A lost lock is never retaken: the other process may have changed the files.
        if (held && (await isLost(path, held))) held = await take(path)
        return held ? undefined : IN_USE
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    async release() {
      // On close, a server removes the file at its path, which may belong to another process by now.
      if (!held || (await isLost(path, held))) return
      held.server.close()
      await once(held.server, 'close')
    },
  }
}

interface Held {
  readonly server: Server
  readonly socket: Identity
}

/** Whether the socket is gone or replaced. A socket that cannot be checked is not lost. */
function isLost(path: string, { socket }: Held): Promise<boolean> {
  return leadsTo(path, socket).then(
    (leads) => !leads,
    (error) => errorCode(error) === 'ENOENT',
  )
}

/** Returns undefined if another process holds the lock. */
async function take(path: string): Promise<Held | undefined> {
  const server = (await listenOn(path)) ?? (await replaceStale(path))
  if (!server) return undefined
  server.unref()
  return { server, socket: fileIdentity(path) }
}

/**
 * Replaces the socket of an ended process. Returns undefined if the process still runs or another process was faster.
 */
async function replaceStale(path: string): Promise<Server | undefined> {
  if (await answers(path)) return undefined
  const aside = `${path}-${randomUUID().slice(0, 8)}`
  await rename(path, aside).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error
  })
  // Another process may have created its socket between the two checks.
  if (await answers(aside)) {
    await rename(aside, path)
    return undefined
  }
  await rm(aside, { force: true })
  return listenOn(path)
}

/** Returns undefined if the socket exists. */
async function listenOn(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy())
  try {
    server.listen(path)
    await once(server, 'listening')
    return server
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined
    throw new Unusable(`it cannot be locked (${errorCode(error)})`, { cause: error })
  }
}

/** Whether a process listens, even a stopped process. Throws `Unusable` if the check fails. */
async function answers(path: string): Promise<boolean> {
  const socket = connect(path)
  socket.on('error', () => {})
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return false
    // The backlog of the listening socket is full.
    if (code === 'EAGAIN') return true
    throw new Unusable(`its lock cannot be tried (${code}); is it another user's?`, { cause: error })
  } finally {
    socket.destroy()
  }
}
