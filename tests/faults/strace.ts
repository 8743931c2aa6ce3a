/** Makes system calls of a running daemon fail, from outside: strace tampers with them until it is let go. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from '../support/until.ts'

/** The call by which the lane on disk is flushed. */
export const FLUSH = 'fdatasync'

/** A tampering under way; `stop` lets the process go on untouched. */
export interface Tampering {
  /** Calls that failed so far. */
  readonly failed: number
  stop(): Promise<void>
}

/** Why this machine cannot tamper; undefined when it can. */
export function cannotTamper(): string | undefined {
  try {
    execFileSync('strace', ['-e', `inject=${FLUSH}:error=EIO:when=1`, 'true'], { stdio: 'ignore', timeout: 20_000 })
    return undefined
  } catch {
    return 'strace is not on this machine, or may not trace'
  }
}

/** From now on every `call` of process `pid` fails with EIO and is not made. Resolves once it has taken hold. */
export async function failing(pid: number, call: string = FLUSH): Promise<Tampering> {
  const args = ['-f', '-q', '-p', `${pid}`, '-e', `trace=${call}`, '-e', `inject=${call}:error=EIO`]
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  let failed = 0
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text.split('INJECTED').length - 1
    said = (said + text).slice(-1_000)
  })
  const ended = once(tracer, 'exit')
  const isAt = (): boolean => failed > 0 || tracer.exitCode !== null
  await until(isAt, { what: `a ${call} to fail`, timeoutMs: 30_000 }).catch(async (error: unknown) => {
    await letGo(tracer, ended)
    throw error
  })
  if (tracer.exitCode !== null) throw new Error(`strace ended with ${tracer.exitCode}: ${said}`)
  return {
    get failed() {
      return failed
    },
    stop: () => letGo(tracer, ended),
  }
}

async function letGo(tracer: ChildProcess, ended: Promise<unknown>): Promise<void> {
  // On SIGINT it detaches from what it traces; killed, it could leave it stopped.
  tracer.kill('SIGINT')
  await ended
}
