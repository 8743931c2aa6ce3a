/** A memory cgroup of our own, version 1 or 2, for daemons started in it. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A group with a limit. */
export interface MemoryGroup {
  /** Runs a command in the group; for `under`. */
  readonly under: readonly string[]
  /** Most bytes that it had at once. */
  mostBytes(): Promise<number>
  /** Processes that the kernel has killed for want of memory. */
  killed(): Promise<number>
  remove(): Promise<void>
}

const ROOT = '/sys/fs/cgroup'
const ENTER = 'echo $$ > "$0" && exec "$@"'

/** Makes one, or undefined where this user may not. */
export async function memoryGroup(limitBytes: number): Promise<MemoryGroup | undefined> {
  const isFirst = existsSync(join(ROOT, 'memory', 'memory.limit_in_bytes'))
  const folder = join(ROOT, isFirst ? 'memory' : '', `tributary-${randomUUID()}`)
  const names = isFirst
    ? { limit: 'memory.limit_in_bytes', most: 'memory.max_usage_in_bytes', events: 'memory.oom_control' }
    : { limit: 'memory.max', most: 'memory.peak', events: 'memory.events' }
  try {
    await mkdir(folder)
    await writeFile(join(folder, names.limit), `${limitBytes}`)
  } catch {
    await rmdir(folder).catch(() => {})
    return undefined
  }
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  return {
    under: ['sh', '-c', ENTER, join(folder, 'cgroup.procs')],
    mostBytes: async () => Number(await read(names.most)),
    killed: async () => Number(/oom_kill (\d+)/.exec(await read(names.events))?.[1] ?? 0),
    remove: () => rmdir(folder),
  }
}
