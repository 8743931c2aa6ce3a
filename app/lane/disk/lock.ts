/** One process per directory: a socket in it is listened on, so that the lock ends with its holder, however that ends. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { type Identity, identityOf, leadsTo } from './presence.ts'

/** Longest path of a socket, in bytes, on every system (macOS has the least). */
const LONGEST_PATH = 103

/** The lock is another process's. */
export class InUse extends Unusable {}

const IN_USE = 'another process uses it; end that one, or give this one a LANE_DIR of its own'

/** Held until `release`, or until the process is gone. */
export interface Lock {
  /** Takes it again where somebody removed the socket. Resolves to a sentence when another process was faster. */
  look(): Promise<string | undefined>
  release(): Promise<void>
}

/** By how many bytes the path of `directory` is too long for a lock; 0 or less where it is not. */
export function tooLongBy(directory: string): number {
  return Buffer.byteLength(pathOf(directory)) - LONGEST_PATH
}

/** Where the lock of `directory` is. Throws `Unusable` for a path that is too long for one. */
export function lockPath(directory: string): string {
  const tooMany = tooLongBy(directory)
  if (tooMany <= 0) return pathOf(directory)
  throw new Unusable(`its path is too long for a lock; choose a LANE_DIR that is ${tooMany} bytes shorter`)
}

function pathOf(directory: string): string {
  return join(directory, 'lock')
}

/** Takes the lock of `directory`. Throws `Unusable` when another process holds it, or when no socket can be made there. */
export async function lock(directory: string): Promise<Lock> {
  const path = lockPath(directory)
  let held = await take(path)
  if (!held) throw new InUse(IN_USE)
  return {
    async look() {
      try {
        // Once lost it stays lost: the other process has changed what is there.
        if (held && (await isLost(path, held))) held = await take(path)
        return held ? undefined : IN_USE
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    async release() {
      // Closed, a server removes what is at its path, which may be another process's by now.
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

/** Whether its socket is gone, or another is in its place. What cannot be looked at is not lost. */
function isLost(path: string, { socket }: Held): Promise<boolean> {
  return leadsTo(path, socket).then(
    (leads) => !leads,
    (error) => errorCode(error) === 'ENOENT',
  )
}

/** Undefined when another process holds it. */
async function take(path: string): Promise<Held | undefined> {
  const server = (await listen(path)) ?? (await takeOver(path))
  if (!server) return undefined
  server.unref()
  return { server, socket: identityOf(path) }
}

/** Replaces the socket of a process that is gone. Undefined when it is not gone, or when somebody else was faster. */
async function takeOver(path: string): Promise<Server | undefined> {
  if (await answers(path)) return undefined
  const aside = `${path}-${randomUUID().slice(0, 8)}`
  await rename(path, aside).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error
  })
  // Between the two looks another process may have put its own socket there.
  if (await answers(aside)) {
    await rename(aside, path)
    return undefined
  }
  await rm(aside, { force: true })
  return listen(path)
}

/** Undefined when there is a socket already. */
async function listen(path: string): Promise<Server | undefined> {
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

/** Whether a process listens; one that is stopped does, too. Throws `Unusable` when that cannot be found out. */
async function answers(path: string): Promise<boolean> {
  const socket = connect(path)
  socket.on('error', () => {})
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return false
    // So many wait already that nobody answers.
    if (code === 'EAGAIN') return true
    throw new Unusable(`its lock cannot be tried (${code}); is it another user's?`, { cause: error })
  } finally {
    socket.destroy()
  }
}
