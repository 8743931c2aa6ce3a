/** Where the daemon's time goes: a CPU profile of one round, and its functions by self time. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, Failure } from '../lib/failure.ts'
import { benchFolder } from './build.ts'
import { callTree } from './call-tree.ts'
import type { Contender } from './contenders.ts'
import { type CpuProfile, type SelfTime, selfTimes } from './cpu-profile.ts'
import { flameGraph } from './flame.ts'
import { type Load, loadText } from './load.ts'
import { type Ground, round } from './round.ts'
import { lineOf } from './run.ts'

const SHOWN_FUNCTIONS = 30

/** Runs a round of `contender` with a CPU profile; resolves to what to tell of it. The flame graph lies beside the profile. Throws `Failure` for what Node does not run. */
export async function profile(contender: Contender, load: Load, ground: Ground): Promise<string> {
  if (contender.command !== undefined) {
    throw new Failure(`${contender.name} is not a program of Node`, {
      cure: 'Profile another contender.',
      code: EXIT.configuration,
    })
  }
  const folder = join(benchFolder(), `profile-${new Date().toISOString().replaceAll(':', '-')}`)
  mkdirSync(folder)
  const nodeOptions = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]
  const result = await round(contender, load, ground, nodeOptions)
  const { file, found } = readProfile(folder)
  const flame = join(folder, 'flame.svg')
  writeFileSync(flame, flameGraph(`${contender.name} · ${loadText(load)} · ${lineOf(result)}`, callTree(found)))
  return `${lineOf(result)}
Self time of ${contender.name}, from start to end, without what was idle:
${topText(found)}
profile: ${file}
flame graph: ${flame}
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
