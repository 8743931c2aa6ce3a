/** Check: a Node that is too old gets one sentence from the program as it is installed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { Scope } from '../../app/lib/scope.ts'
import { NODE_FLOOR } from '../../app/node-floor.ts'
import { type Check, expect, NotRun } from './check.ts'
import { attempt } from './command.ts'
import { install } from './installed.ts'

const SENTENCE = /^tributary: this is Node \d+\.\d+\.\d+, and Tributary needs Node 24 or newer; .*\n$/

export const oldNode: Check = {
  help: `a Node older than ${NODE_FLOOR} says one sentence and ends with 78`,
  async run({ signal, seen }) {
    const old = await oldNodeInPath()
    if (old === undefined) throw new NotRun(`no Node older than ${NODE_FLOOR} in the PATH`, 'put one there')
    const scope = new Scope()
    try {
      const folder = scope.use(await mkdtemp(join(tmpdir(), 'tributary-system-')), (it) => rm(it, { recursive: true }))
      await install(folder)
      const [main, installed] = [join(folder, 'dist', 'main.js'), join(folder, 'tributary')]
      for (const command of [[old, main], [old, main, 'check'], [installed], [installed, 'help']]) {
        const env = { PATH: [dirname(old), '/usr/bin', '/bin'].join(delimiter) }
        const { code, stdout, output } = await attempt(command, { signal, env })
        const isRight = code === 78 && stdout === '' && SENTENCE.test(output)
        expect(isRight, `${command.join(' ')} ended with ${code}:\n${output}`)
      }
      seen(`Node ${await majorOf(old)} says so, however the program is called`)
    } finally {
      await scope.close()
    }
  },
}

async function oldNodeInPath(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, 'node')
    if ((await majorOf(node)) < NODE_FLOOR) return node
  }
  return undefined
}

/** NaN for what cannot be run. */
async function majorOf(node: string): Promise<number> {
  const { stdout } = await attempt([node, '--version']).catch(() => ({ stdout: '' }))
  return Number(/^v(\d+)/.exec(stdout)?.[1])
}
