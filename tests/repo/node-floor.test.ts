/** All that names the version of Node agrees; an old Node itself is in `npm run test:system`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { NODE_FLOOR, nodeTooOld } from '../../app/node-floor.ts'
import { install } from '../../scripts/system/installed.ts'
import { importsOf, sources, text } from './sources.ts'

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

describe('the program as it is installed', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'))
    await install(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('goes on under the Node of this test', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'tributary'), 'version'], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^tributary \d+\.\d+\.\d+\n$/) })
  })
})
