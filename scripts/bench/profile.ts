/** Where the daemon's time goes: a CPU profile of one round, and its functions by self time. */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { benchFolder } from './build.ts'
import type { Contender } from './contenders.ts'
import type { Load } from './load.ts'
import { type Ground, round } from './round.ts'
import { lineOf } from './run.ts'

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

const SHOWN_FUNCTIONS = 30

/** Runs a round of `contender` with a CPU profile; resolves to what to tell of it. */
export async function profile(contender: Contender, load: Load, ground: Ground): Promise<string> {
  const folder = join(benchFolder(), `profile-${new Date().toISOString().replaceAll(':', '-')}`)
  mkdirSync(folder)
  const nodeOptions = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]
  const result = await round(contender, load, ground, nodeOptions)
  const { file, found } = readProfile(folder)
  return `${lineOf(result)}
Self time of ${contender.name}, from start to end, without what was idle:
${topText(found)}
${file}
`
}

/** That of the main thread: the largest. */
function readProfile(folder: string): { readonly file: string; readonly found: CpuProfile } {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size)
  const [file] = files
  if (file === undefined) throw new Error('the contender wrote no profile')
  return { file, found: JSON.parse(readFileSync(file, 'utf8')) as CpuProfile }
}

function topText(found: CpuProfile): string {
  const busy = selfTimes(found).filter(({ name }) => name !== '(idle)')
  const total = busy.reduce((sum, { us }) => sum + us, 0)
  const line = ({ name, us }: SelfTime): string =>
    `${((100 * us) / total).toFixed(1).padStart(5)} %  ${(us / 1_000).toFixed(0).padStart(6)} ms  ${name}`
  return busy.slice(0, SHOWN_FUNCTIONS).map(line).join('\n')
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
