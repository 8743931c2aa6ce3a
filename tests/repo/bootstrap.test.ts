/** bootstrap.cjs stands between npm and every script: it must be readable by any Node, and be a good parent. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parse } from '@swc/core'
import { until } from '../../scripts/lib/until.ts'
import { isAlive } from '../../scripts/stack/lock.ts'

let folder: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>
}

function start(bootstrap: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [bootstrap, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'close').then(([code, signal]) => [code as number | null, signal as string | null] as const)
  return { child, output: () => output, ended }
}

async function script(source: string): Promise<string> {
  const path = join(folder, 'script.cjs')
  await writeFile(path, source)
  return path
}

const BOOTSTRAP = 'scripts/bootstrap.cjs'

describe('bootstrap.cjs', () => {
  it.each([BOOTSTRAP, 'scripts/prefetch.cjs'])(
    'uses only syntax that old versions of Node can read: %s',
    async (path) => {
      const source = await readFile(path, 'utf8')
      const tree = JSON.stringify(await parse(source, { syntax: 'ecmascript', target: 'es2022' }))
      const young =
        /"(ArrowFunctionExpression|TemplateLiteral|ClassDeclaration|ClassExpression|ForOfStatement|OptionalChainingExpression|AwaitExpression|ObjectPattern|ArrayPattern|AssignmentPattern|RestElement)"|"kind":"(let|const)"|"spread":\{|"operator":"(\?\?|\*\*)"/
      expect(young.exec(tree)?.[0]).toBeUndefined()
      expect(/,\s*\)/.exec(source)?.[0]).toBeUndefined()
    },
  )

  it('runs the script with Node 24, its arguments and its exit code', async () => {
    const path = await script('console.log(process.version, process.argv.slice(2).join("+")); process.exit(3)')
    const { ended, output } = start(BOOTSTRAP, '--run', path, '--flag', 'two words')
    expect(await ended).toEqual([3, null])
    expect(output()).toMatch(/^v24\.\S+ --flag\+two words\n$/)
  })

  it('passes one Ctrl-C on once, though it comes from the terminal and from npm, and waits for the script', async () => {
    const path = await script(`
      let seen = 0
      process.on('SIGINT', () => { seen += 1; if (seen === 1) setTimeout(() => process.exit(10 + seen), 500) })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    const { child, ended, output } = start(BOOTSTRAP, '--run', path)
    await until(() => output().includes('ready'), { what: 'the script to start' })
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect(await ended).toEqual([11, null])
  })

  it('ends by the signal that ended the script', async () => {
    const { ended } = start(BOOTSTRAP, '--run', await script('process.kill(process.pid, "SIGKILL")'))
    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  it('leaves no script behind when it is killed', async () => {
    const { child, output } = start(
      BOOTSTRAP,
      '--run',
      await script('console.log(process.pid); setInterval(() => {}, 1000)'),
    )
    const pid = Number(await until(() => output().trim(), { what: 'the pid of the script' }))
    child.kill('SIGKILL')
    await until(() => !isAlive(pid), { what: 'the script to end' })
  })

  it('says what to do when nothing is installed', async () => {
    await cp(BOOTSTRAP, join(folder, 'bootstrap.cjs'))
    await cp('scripts/prefetch.cjs', join(folder, 'prefetch.cjs'))
    const { ended, output } = start(join(folder, 'bootstrap.cjs'), '--run', 'any.ts')
    expect(await ended).toEqual([78, null])
    expect(output()).toContain('npm ci')
    expect(output()).not.toMatch(/^\s+at /m)
  })
})
