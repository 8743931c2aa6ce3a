/** What a process has started. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Ids of all processes below `pid` now: its children and theirs, process groups of their own included. */
export function descendants(pid: number): number[] {
  const parents = parentOfEach()
  const found = [pid]
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child)
  }
  return found.slice(1)
}

function parentOfEach(): [pid: number, parent: number][] {
  if (existsSync('/proc/self/stat')) {
    return readdirSync('/proc').flatMap((name): [number, number][] => {
      const parent = /^\d+$/.test(name) ? parentIn(`/proc/${name}/stat`) : undefined
      return parent === undefined ? [] : [[Number(name), parent]]
    })
  }
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
}

/** Undefined when the process has ended meanwhile. The name before it, in parentheses, may hold anything. */
function parentIn(file: string): number | undefined {
  try {
    const [, parent] = /\) \S (\d+) [^)]*$/.exec(readFileSync(file, 'utf8')) ?? []
    return Number(parent)
  } catch {
    return undefined
  }
}
