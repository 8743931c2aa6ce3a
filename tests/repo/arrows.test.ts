/** Imports go one way, a package has one importing file, and only main reads the environment. */
import { describe, expect, it } from '@jest/globals'
import { againstTheArrows, environmentReaders, sharedPackages } from './arrows.ts'
import { importsOf, sources } from './sources.ts'

const app = sources('app')
const one = (path: string, source: string) => new Map([[path, source]])

describe('imports', () => {
  it('go one way', () => {
    expect(againstTheArrows(app)).toEqual([])
  })

  it('are found at all', () => {
    const all = [...app.values()].flatMap(importsOf)
    expect(all.length).toBeGreaterThan(app.size)
    expect(all.map(({ specifier }) => specifier)).toEqual(
      expect.arrayContaining(['ws', './platformatic.ts', '../lib/list.ts']),
    )
  })

  it.each([
    ['app/model.ts', "import type { A } from './errors.ts'"],
    ['app/model.ts', "import { a } from './lib/list.ts'"],
    ['app/errors.ts', "import type { A } from './events.ts'"],
    ['app/events.ts', "import { a } from './pipeline.ts'"],
    ['app/lib/list.ts', "import type { A } from '../model.ts'"],
    ['app/pipeline.ts', "import { a } from './dial/index.ts'"],
    ['app/pipeline.ts', "import type { A } from './config/types.ts'"],
    ['app/dial/index.ts', "import { a } from '../lane/index.ts'"],
    ['app/dial/index.ts', "import {\n  a,\n  b,\n} from '../lane/index.ts'"],
    ['app/dial/index.ts', "export { a } from '../lane/index.ts'"],
    ['app/dial/index.ts', "const a = await import('../lane/index.ts')"],
    ['app/dial/index.ts', "import '../lane/index.ts'"],
    ['app/encode/avro.ts', "import { a } from '../config/types.ts'"],
    ['app/encode/avro.ts', "import type { A } from '../config/index.ts'"],
    ['app/telemetry/index.ts', "import { a } from '../daemon.ts'"],
    ['app/config/index.ts', "import { a } from '../normalise/index.ts'"],
    ['app/check/index.ts', "import { a } from '../daemon.ts'"],
    ['app/daemon.ts', "import { a } from './main.ts'"],
    ['app/new-thing.ts', "import { a } from './config/index.ts'"],
    ['app/daemon.ts', "import { a } from '../scripts/stack/main.ts'"],
  ])('in %s may not say %s', (path, source) => {
    expect(againstTheArrows(one(path, source))).toHaveLength(1)
  })

  it.each([
    ['app/main.ts', "import { a } from './daemon.ts'"],
    ['app/daemon.ts', "import { a } from './config/index.ts'"],
    ['app/daemon.ts', "import { a } from './dial/index.ts'"],
    ['app/dial/index.ts', "import { a } from './websocket.ts'"],
    ['app/dial/index.ts', "import { a } from '../events.ts'"],
    ['app/dial/index.ts', "// import { a } from '../lane/index.ts'\n/* import('../lane/index.ts') */"],
    ['app/encode/avro.ts', "import type { A } from '../config/types.ts'"],
  ])('in %s may say %s', (path, source) => {
    expect(againstTheArrows(one(path, source))).toEqual([])
  })
})

describe('a package', () => {
  it('has one importing file', () => {
    expect(sharedPackages(app)).toEqual([])
  })

  it('would be found with two', () => {
    const two = new Map([
      ['app/a.ts', "import ws from 'ws'\nimport { b } from '@scope/b/deep'"],
      ['app/c.ts', "import type { B } from '@scope/b'\nimport 'node:fs'"],
      ['app/d.ts', "const ws = import('ws')"],
    ])
    expect(sharedPackages(two)).toEqual(['ws: app/a.ts, app/d.ts', '@scope/b: app/a.ts, app/c.ts'])
  })
})

describe('process.env', () => {
  it('is read in main only', () => {
    expect(environmentReaders(app)).toEqual([])
    expect(app.get('app/main.ts')).toContain('process.env')
  })

  it.each(['process.env.A', "process['env']", 'const { A } = process.env', "import { env } from 'node:process'"])(
    'would be found as %s',
    (source) => {
      expect(environmentReaders(one('app/a.ts', source))).toEqual(['app/a.ts'])
    },
  )
})
