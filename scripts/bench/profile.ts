/** Where the daemon's time goes: a CPU profile of one round, and its functions by self time. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchFolder } from './build.ts'

/** The part of a .cpuprofile that is read here; times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** One function's own time. */
export interface SelfTime {
  readonly name: string
  readonly us: number
}

/** A new folder for profiles, and what makes Node write them there at its exit. */
export function profiling(): { readonly folder: string; readonly nodeOptions: readonly string[] } {
  const folder = join(benchFolder(), `profile-${new Date().toISOString().replaceAll(':', '-')}`)
  mkdirSync(folder)
  return { folder, nodeOptions: ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`] }
}

/** The profile in the folder, and a text of its `top` functions with their share of the time that was not idle. */
export function readProfile(folder: string, top: number): { readonly file: string; readonly text: string } {
  const name = readdirSync(folder).find((each) => each.endsWith('.cpuprofile'))
  if (!name) throw new Error('the daemon wrote no profile')
  const file = join(folder, name)
  const busy = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile).filter((each) => each.name !== '(idle)')
  const total = busy.reduce((sum, { us }) => sum + us, 0)
  const line = ({ name, us }: SelfTime): string =>
    `${((100 * us) / total).toFixed(1).padStart(5)} %  ${(us / 1_000).toFixed(0).padStart(6)} ms  ${name}\n`
  return { file, text: busy.slice(0, top).map(line).join('') }
}

/** Functions by their own time, the dearest first; the same function in several places of the tree is one. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, label(callFrame)]))
  const times = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  }
  return [...times].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us)
}

function label({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  const [, file = url] = /^file:.*?\/((?:node_modules|dist)\/.*)$/.exec(url) ?? []
  return `${name}  ${file}:${lineNumber + 1}`
}
