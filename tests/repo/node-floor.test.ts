/** An old Node gets one sentence from the program as it is installed; all that names a version agrees. */
import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { NODE_FLOOR, nodeTooOld } from '../../app/node-floor.ts'
import { importsOf, sources, text } from './sources.ts'

const majorOf = (node: string): number =>
  Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1])

/** The first Node in the PATH that is older than the floor. */
const old = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter(isExecutable)
  .find((node) => majorOf(node) < NODE_FLOOR)
const name = old === undefined ? 'an older Node (none is in the PATH)' : `Node ${majorOf(old)}`

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

describe('what names the version of Node', () => {
  it('agrees', () => {
    const { engines, devDependencies } = JSON.parse(text('package.json'))
    expect(engines).toEqual({ node: `>=${NODE_FLOOR}` })
    expect(devDependencies.node).toMatch(new RegExp(`^${NODE_FLOOR}\\.`))
    expect(text('package-lock.json')).toContain(`"node": ">=${NODE_FLOOR}"`)
    expect(text('scripts/bootstrap.cjs')).toContain(`RUN_MIN = [${NODE_FLOOR}, 0]`)
    expect(text('Dockerfile')).toContain(`NODE_IMAGE=node:${NODE_FLOOR}-`)
    for (const page of ['README.md', 'CONTRIBUTING.md']) expect(text(page)).toContain(`Node ${NODE_FLOOR}`)
  })

  it('is told of no Node that is new enough', () => {
    expect([`${NODE_FLOOR}.0.0`, `${NODE_FLOOR + 1}.1.0`, '100.0.0'].map(nodeTooOld)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(nodeTooOld('22.22.3')).toMatch(
      /this is Node 22\.22\.3, .* needs Node 24 or newer; get it from https:\/\/nodejs\.org/,
    )
  })
})

describe('the first module', () => {
  it('loads nothing but what an old Node can read before it has looked', () => {
    const app = sources('app')
    const loaded = (path: string): string[] =>
      importsOf((app.get(path) ?? '').replace(/\bimport\(/g, 'later('))
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ specifier }) => specifier)
    expect(loaded('app/main.ts').sort()).toEqual(['./lib/reload-signal.ts', './lib/stop-signal.ts', './node-floor.ts'])
    const first = ['node-floor', 'lib/reload-signal', 'lib/stop-signal', 'lib/end-process']
    expect(first.flatMap((name) => loaded(`app/${name}.ts`))).toEqual(['node:os', './end-process.ts'])
  })
})

describe('the program under', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'))
    const built = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')])
    if (built.status !== 0) throw new Error(`it does not compile: ${built.stdout}`)
    chmodSync(join(folder, 'dist', 'main.js'), 0o755)
    symlinkSync(join(folder, 'dist', 'main.js'), join(folder, 'tributary'))
    symlinkSync(join(process.cwd(), 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const cases: [string, (folder: string) => [string, ...string[]]][] = [
    ['node dist/main.js', (at) => [old ?? '', join(at, 'dist', 'main.js')]],
    ['node dist/main.js check', (at) => [old ?? '', join(at, 'dist', 'main.js'), 'check']],
    ['tributary', (at) => [join(at, 'tributary')]],
    ['tributary help', (at) => [join(at, 'tributary'), 'help']],
  ]
  const itWithOld = old === undefined ? it.skip : it
  itWithOld.each(cases)(`${name} says one sentence and ends with 78: %s`, (_, command) => {
    const [program, ...args] = command(folder)
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { PATH: [dirname(old ?? ''), '/usr/bin', '/bin'].join(delimiter) },
    })
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' })
    expect(stderr).toMatch(/^tributary: this is Node \d+\.\d+\.\d+, and Tributary needs Node 24 or newer; .*\n$/)
  })

  it('the Node of this test goes on', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'tributary'), 'version'], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^tributary \d+\.\d+\.\d+\n$/) })
  })
})
